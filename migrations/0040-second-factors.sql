-- Nodes of the last version survive this: yes. Until somebody has a second factor, nothing is otherwise than before; once somebody has,
-- a node that does not know the step would look closely and ask for nothing. So nodes of before are stopped before anybody enrols.

-- What proves a person beside the password. Several for an account; one that was live is never deleted, so that it can be said what there
-- was. Source: NIST SP 800-63B-4, 4.1.
create table factor (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  kind text not null check (kind in ('passkey', 'totp', 'code_sheet')),
  -- What its person calls it; empty for what its kind is called.
  name text not null default '',
  -- One that nobody has proven to hold is pending, and is no factor.
  state text not null default 'pending' check (state in ('pending', 'live', 'disabled')),
  made_at timestamptz not null default now(),
  -- Null for the operator.
  made_by uuid,
  made_address inet,
  made_device text,
  -- The sign-in or the session in which a pending one is being set up: nobody else's page finishes it.
  made_for uuid,
  live_at timestamptz,
  last_used_at timestamptz,
  last_used_address inet,
  last_used_device text,
  disabled_at timestamptz,
  disabled_reason text,
  primary key (instance_id, id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check ((state = 'disabled') = (disabled_at is not null)),
  check (state <> 'live' or live_at is not null),
  check (disabled_reason in ('removed', 'replaced', 'reset', 'copied'))
);
create index factor_by_account on factor (instance_id, account_id);
-- A new sheet voids the old one.
create unique index factor_one_sheet on factor (instance_id, account_id) where kind = 'code_sheet' and state = 'live';

-- One-time codes by time, of an app or a token. Source: RFC 6238.
create table totp_secret (
  instance_id uuid not null references instance (id) default current_instance_id(),
  factor_id uuid not null,
  -- AES-256-GCM under a key that the database does not hold, and for this factor of this account alone.
  sealed_secret bytea not null,
  digits smallint not null default 6 check (digits between 6 and 8),
  step_seconds smallint not null default 30 check (step_seconds in (30, 60)),
  -- By how many steps its clock was ahead of the database's when it was last used.
  drift integer not null default 0,
  -- Of the last code that was taken: none is taken twice, and none from before.
  last_step bigint not null default 0,
  primary key (instance_id, factor_id),
  foreign key (instance_id, factor_id) references factor (instance_id, id) on delete cascade
);

-- Printed codes, each asked for by its number, and the same number until it is used. Source: NIST SP 800-63B-4, 3.1.2.
create table code_sheet (
  instance_id uuid not null references instance (id) default current_instance_id(),
  factor_id uuid not null,
  salt bytea not null check (length(salt) >= 16),
  -- Argon2id of each code, one after the other, with a key that the database does not hold.
  hashes bytea not null,
  codes smallint not null,
  -- The number that is asked for; one more than there are codes when all are used.
  next_number smallint not null default 1,
  primary key (instance_id, factor_id),
  foreign key (instance_id, factor_id) references factor (instance_id, id) on delete cascade,
  check (next_number between 1 and codes + 1)
);

-- Tries of an account's codes, of all kinds together, counted before anything is checked: those of all browsers under an empty one, and
-- beside them those of each browser that knows the person. Source: NIST SP 800-63B-4, 3.2.2.
create table factor_attempt (
  instance_id uuid not null references instance (id) default current_instance_id(),
  account_id uuid not null,
  device_hash bytea not null,
  failures integer not null default 0,
  wait_until timestamptz,
  last_at timestamptz not null default now(),
  primary key (instance_id, account_id, device_hash),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);

-- What is demanded of the people of a profile. A profile without a row has the defaults of contracts/factors.ts.
create table factor_rule (
  instance_id uuid not null references instance (id) default current_instance_id(),
  profile_id uuid not null,
  demand text not null default 'offered' check (demand in ('off', 'offered', 'required', 'passkey')),
  -- From when on it is demanded; null for at once.
  required_from timestamptz,
  -- Which kinds people may set up.
  kinds text[] not null default '{passkey,totp,code_sheet}' check (kinds <@ '{passkey,totp,code_sheet}' and kinds <> '{}'),
  -- How long, and how often, somebody who has none may put it off, from the first login that asks for it.
  grace_days integer not null default 7 check (grace_days between 0 and 90),
  grace_logins integer not null default 5 check (grace_logins between 0 and 100),
  vouching boolean not null default true,
  -- How often a person is vouched for within a day.
  daily_vouches integer not null default 3 check (daily_vouches between 1 and 20),
  -- Whether whoever gets a slip gets a code sheet with it.
  sheet_with_slip boolean not null default false,
  -- Why no second factor is demanded.
  reason text not null default '',
  version integer not null default 1,
  primary key (instance_id, profile_id),
  foreign key (instance_id, profile_id) references profile (instance_id, id) on delete cascade
);

-- That somebody has put the enrolment off.
create table factor_grace (
  instance_id uuid not null references instance (id) default current_instance_id(),
  account_id uuid not null,
  began_at timestamptz not null default now(),
  postponed integer not null default 1,
  primary key (instance_id, account_id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);

-- A person who cannot use a factor waits for a supervisor, who types the number on the person's screen. The number is made of the id,
-- with a key that the database does not hold. For one waiting sign-in, and once.
create table vouch (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  sign_in_id uuid not null,
  address inet not null,
  device text not null,
  -- Whether the person has logged in with this browser before.
  knows_browser boolean not null default false,
  asked_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Wrong numbers that were typed.
  wrong integer not null default 0,
  vouched_at timestamptz,
  vouched_by uuid,
  used_at timestamptz,
  primary key (instance_id, id),
  unique (instance_id, sign_in_id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check ((vouched_at is null) = (vouched_by is null)),
  check (used_at is null or vouched_at is not null)
);
create index vouch_by_account on vouch (instance_id, account_id);

do $$
declare
  each text;
begin
  foreach each in array array['factor', 'totp_secret', 'code_sheet', 'factor_attempt', 'factor_rule', 'factor_grace', 'vouch'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = (select current_instance_id())) with check (instance_id = (select current_instance_id()))', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;

-- How often something wrong was typed at a step, and whether the enrolment was put off on the way.
alter table sign_in
  add column tries integer not null default 0,
  add column postponed boolean not null default false;

-- An account with a factor, or that needs one, has the step open that asks for it, whoever changed what: its factors, its profile, or
-- what the profile demands. The texts are in sql/routines/.
create function open_factor_steps() returns trigger language plpgsql as 'begin return new; end';
create trigger account_factor_steps before insert or update of profile_id, open_steps on account for each row
  execute function open_factor_steps();
create function factor_changed() returns trigger language plpgsql as 'begin return null; end';
create trigger factor_changed after insert or update of state on factor for each row execute function factor_changed();
create function factor_rule_changed() returns trigger language plpgsql as 'begin return null; end';
create trigger factor_rule_changed after insert or update or delete on factor_rule for each row execute function factor_rule_changed();

-- A permission is new with this version. Whoever gives initial passwords can get into an account until now; so that they still can help
-- its person, they get it.
alter table profile no force row level security;
update profile set permissions = permissions || array['accounts.second-factor']
where 'accounts.new-password' = any (permissions) and not 'accounts.second-factor' = any (permissions);
alter table profile force row level security;
