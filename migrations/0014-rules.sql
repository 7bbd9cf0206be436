-- Nodes of the last version survive this: yes.

-- What the Administrator of an instance has set: password rules, sign-in rules, session rules. An instance without a row has the defaults.
-- The floors stand here too, so that nothing that writes can get below them. What each rule does: server/rules/rule-catalogue.ts.
create table rules (
  instance_id uuid not null default current_instance_id() references instance (id),
  -- Grows with every change, so that of two people who change the rules the second hears of the first.
  version integer not null default 1,

  minimum_length integer not null default 15 check (minimum_length between 8 and 64),
  minimum_lowercase integer not null default 0 check (minimum_lowercase between 0 and 10),
  minimum_uppercase integer not null default 0 check (minimum_uppercase between 0 and 10),
  minimum_digits integer not null default 0 check (minimum_digits between 0 and 10),
  minimum_symbols integer not null default 0 check (minimum_symbols between 0 and 10),
  guesses_power integer not null default 8 check (guesses_power between 8 and 15),
  former_passwords integer not null default 0 check (former_passwords between 0 and 24),
  expiry_days integer not null default 0 check (expiry_days between 0 and 3650),
  -- Every lasting password that was set before must be changed at the next login.
  passwords_chosen_after timestamptz,

  waits_from integer not null default 5 check (waits_from between 3 and 100),
  longest_wait_minutes integer not null default 15 check (longest_wait_minutes between 1 and 1440),
  most_failures integer not null default 100 check (most_failures between 3 and 100),
  wrong_from_address integer not null default 300 check (wrong_from_address between 20 and 100000),
  device_days integer not null default 180 check (device_days between 1 and 400),
  initial_password_hours integer not null default 72 check (initial_password_hours between 1 and 720),
  reset_link_minutes integer not null default 30 check (reset_link_minutes between 10 and 1440),
  languages text[] not null default '{en,es,pt}' check (cardinality(languages) >= 1 and languages <@ '{en,es,pt}'),

  end_other_session boolean not null default false,
  idle_minutes integer not null default 60 check (idle_minutes between 5 and 1440),
  warning_minutes integer not null default 2 check (warning_minutes between 1 and 10),
  longest_hours integer not null default 12 check (longest_hours between 1 and 720),
  lease_seconds integer not null default 120 check (lease_seconds between 90 and 900),
  grace_seconds integer not null default 20 check (grace_seconds between 5 and 120),

  -- Why a rule goes against a clause of NIST SP 800-63B-4 or ASVS 5.0, by the rule's name in the code.
  reasons jsonb not null default '{}',

  primary key (instance_id),
  constraint waits_before_the_end check (waits_from <= most_failures),
  constraint warning_before_the_end check (warning_minutes < idle_minutes),
  constraint reason_for_minimum_length check (minimum_length >= 15 or coalesce(reasons ->> 'minimumLength', '') <> ''),
  constraint reason_for_minimum_lowercase check (minimum_lowercase = 0 or coalesce(reasons ->> 'minimumLowercase', '') <> ''),
  constraint reason_for_minimum_uppercase check (minimum_uppercase = 0 or coalesce(reasons ->> 'minimumUppercase', '') <> ''),
  constraint reason_for_minimum_digits check (minimum_digits = 0 or coalesce(reasons ->> 'minimumDigits', '') <> ''),
  constraint reason_for_minimum_symbols check (minimum_symbols = 0 or coalesce(reasons ->> 'minimumSymbols', '') <> ''),
  constraint reason_for_expiry_days check (expiry_days = 0 or coalesce(reasons ->> 'expiryDays', '') <> ''),
  constraint reason_for_idle_minutes check (idle_minutes <= 60 or coalesce(reasons ->> 'idleMinutes', '') <> ''),
  constraint reason_for_longest_hours check (longest_hours <= 24 or coalesce(reasons ->> 'longestHours', '') <> '')
);
alter table rules enable row level security;
alter table rules force row level security;
create policy own on rules using (instance_id = current_instance_id()) with check (instance_id = current_instance_id());
grant select, insert, update on rules to gatehouse_server, gatehouse_operator;

-- The rules of an instance, in one round trip.
create function find_rules(in_instance uuid) returns setof rules language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  return query select * from rules where instance_id = in_instance;
end $$;

-- The passwords that an account had before, as long as a rule forbids to use them again.
create table password_history (
  instance_id uuid not null default current_instance_id() references instance (id),
  account_id uuid not null,
  replaced_at timestamptz not null default clock_timestamp(),
  -- Argon2id in the PHC string format, as it stood in `password`.
  hash text not null,
  primary key (instance_id, account_id, replaced_at),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);
alter table password_history enable row level security;
alter table password_history force row level security;
create policy own on password_history using (instance_id = current_instance_id()) with check (instance_id = current_instance_id());
grant select, insert, delete on password_history to gatehouse_server, gatehouse_operator;
