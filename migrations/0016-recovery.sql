-- Nodes of the last version survive this: yes.

-- Somebody has asked at "Forgot your password?". What follows is decided later and elsewhere, so that the answer is one for every
-- username, in bytes and in time. It is removed in the transaction that decides.
create table recovery_ask (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  -- AES-256-GCM under a key that the database does not hold, always of one length: what people type by mistake may be their password.
  sealed_username bytea not null,
  address inet not null,
  device text not null,
  request_id text not null,
  asked_at timestamptz not null default now(),
  primary key (instance_id, id)
);

-- How often one address (IPv6: one /64) has asked in one window of ten minutes.
create table recovery_address (
  instance_id uuid not null references instance (id) default current_instance_id(),
  address text not null,
  window_started_at timestamptz not null,
  asked integer not null,
  primary key (instance_id, address, window_started_at)
);

-- How many links an instance has sent in one hour, so that nobody can make it a sender of floods.
create table recovery_hour (
  instance_id uuid not null references instance (id) default current_instance_id(),
  hour_started_at timestamptz not null,
  links integer not null,
  primary key (instance_id, hour_started_at)
);

-- A link in a message. It is made when the message leaves.
create table recovery_link (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  -- SHA-256 of the link's 256 random bits.
  token_hash bytea not null,
  -- With other credentials the link is void, and so it is with another address than the one that it was sent to.
  credential_version integer not null,
  sent_to text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('used', 'newer')),
  primary key (instance_id, id),
  unique (instance_id, token_hash),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check ((ended_at is null) = (end_reason is null))
);
-- A newer link voids the one before.
create unique index recovery_link_one_live on recovery_link (instance_id, account_id) where ended_at is null;

-- Somebody without an email address waits at the desk for a new password.
create table recovery_request (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  -- With other credentials the request is settled: somebody has handed over a slip in another way.
  credential_version integer not null,
  opened_at timestamptz not null default now(),
  -- The last time that it was asked for, and from where.
  asked_at timestamptz not null default now(),
  asked integer not null default 1,
  address inet not null,
  device text not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  outcome text check (outcome in ('answered', 'refused', 'expired')),
  -- No foreign key: the request outlives that account.
  closed_by uuid,
  reason text check (length(reason) <= 200),
  primary key (instance_id, id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check ((closed_at is null) = (outcome is null))
);
-- Asking again does not pile up.
create unique index recovery_request_one_open on recovery_request (instance_id, account_id) where closed_at is null;
create index recovery_request_by_account on recovery_request (instance_id, account_id, opened_at desc);

do $$
declare
  each text;
begin
  foreach each in array array['recovery_ask', 'recovery_address', 'recovery_hour', 'recovery_link', 'recovery_request'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;

-- Notices tell of what has happened. They go to the address of that time, whatever has changed since, and none takes another's place.
alter table message add column notice boolean not null default false;
-- What a notice tells: when, and from where.
alter table message add column about jsonb not null default '{}';
drop index message_one_waiting;
create unique index message_one_waiting on message (instance_id, account_id, kind) where state = 'waiting' and not notice;
