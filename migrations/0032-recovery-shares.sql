-- Nodes of the last version survive this: yes.

-- How many links one network (an IPv4 /24, an IPv6 /48) had an instance send in one hour: no network uses up what is there for all.
create table recovery_network (
  instance_id uuid not null references instance (id) default current_instance_id(),
  network text not null,
  hour_started_at timestamptz not null,
  links integer not null,
  primary key (instance_id, network, hour_started_at)
);
alter table recovery_network enable row level security;
alter table recovery_network force row level security;
create policy own on recovery_network using (instance_id = current_instance_id()) with check (instance_id = current_instance_id());
grant select, insert, update, delete on recovery_network to gatehouse_server, gatehouse_operator;

-- SHA-256 of the device cookie of the browser that asked, which may be one that the person has logged in with.
alter table recovery_ask add column device_hash bytea;
