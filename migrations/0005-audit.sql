-- Nodes of the last version survive this: there are none.

create table audit_event (
  instance_id uuid not null references instance (id),
  id bigint generated always as identity,
  at timestamptz not null default now(),
  event text not null,
  -- Who did it: an account, the operator, or nobody who is known.
  actor_kind text not null check (actor_kind in ('account', 'operator', 'visitor', 'system')),
  actor_account_id uuid,
  -- Whom it was done to. No foreign key: what happened outlives the account.
  account_id uuid,
  session_id uuid,
  address inet,
  request_id text,
  detail jsonb not null default '{}',
  primary key (instance_id, id)
);
create index audit_event_by_account on audit_event (instance_id, account_id, id);
