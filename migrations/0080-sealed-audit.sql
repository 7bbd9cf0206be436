-- Nodes of the last version survive this: yes. What they record is sealed by the others.

-- The seals of the audit: entries in the order of 0016, each hashed, chained and signed with a key that the database never sees.
-- docs/decisions/0023-a-sealed-audit.md
create table audit_seal (
  instance_id uuid not null default current_instance_id() references instance (id),
  number bigint not null check (number > 0),
  -- The place of the last entry; the next seal goes on from there.
  horizon bigint not null,
  audit_id bigint not null,
  -- The entries in order, and their hashes, 32 bytes each; none when they have been removed, after their time.
  ids bigint[] not null default '{}',
  hashes bytea not null default '',
  -- Of the chain, up to here.
  hash bytea not null check (octet_length(hash) = 32),
  sealed_at timestamptz not null,
  signature bytea not null,
  -- Says that everything up to here was removed rightly: signed, so that nobody else can make the beginning disappear.
  removed_at timestamptz,
  removal bytea,
  primary key (instance_id, number),
  check ((removal is null) = (removed_at is null)),
  check (octet_length(hashes) = 32 * cardinality(ids))
);
alter table audit_seal enable row level security;
alter table audit_seal force row level security;
create policy own on audit_seal using (instance_id = (select current_instance_id())) with check (instance_id = current_instance_id());
-- As the audit: added to and read, and nothing else.
grant select, insert on audit_seal to gatehouse_server, gatehouse_operator;

-- What of an entry is about a person can be erased, and the chain stays whole: it holds the hashes of both parts.
alter table audit_event
  -- Address, request and device of whoever did it.
  add column erased_caller bytea check (octet_length(erased_caller) = 32),
  -- The rest of its detail.
  add column erased_detail bytea check (octet_length(erased_detail) = 32);
