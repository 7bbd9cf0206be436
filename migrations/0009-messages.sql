-- Nodes of the last version survive this: yes.

-- Messages to people by mail: what is to be sent, and what became of it. No text and no secret: both are made when it is sent.
create table message (
  instance_id uuid not null references instance (id) default current_instance_id(),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  kind text not null,
  -- void: something newer took its place before it left.
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'failed', 'void')),
  state_at timestamptz not null default now(),
  to_address text not null,
  -- Who wanted it; null where that is no account. No foreign key: the message outlives that account.
  requested_by uuid,
  -- The credentials that the account had when the message was made; with others the message is void.
  credential_version integer not null,
  attempts integer not null default 0,
  -- What the mail server said to the last attempt.
  last_error text check (length(last_error) <= 500),
  created_at timestamptz not null default now(),
  -- From when on it is tried, for a day.
  queued_at timestamptz not null default now(),
  -- By when it is tried again at the latest; null while it is not known to have failed.
  next_try_at timestamptz,
  primary key (instance_id, id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);
create index message_by_account on message (instance_id, account_id, created_at desc);
create index message_by_time on message (instance_id, created_at desc, id);
-- A newer message of one kind takes the place of one that still waits.
create unique index message_one_waiting on message (instance_id, account_id, kind) where state = 'waiting';

alter table message enable row level security;
alter table message force row level security;
create policy own on message using (instance_id = current_instance_id()) with check (instance_id = current_instance_id());
grant select, insert, update, delete on message to gatehouse_server, gatehouse_operator;
