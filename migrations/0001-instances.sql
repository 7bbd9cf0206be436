-- Nodes of the last version survive this: there are none.

-- The roles belong to the whole PostgreSQL, so another Gatehouse database may have made them already.
do $$
begin
  if not exists (select from pg_roles where rolname = 'gatehouse_server') then
    create role gatehouse_server nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'gatehouse_operator') then
    create role gatehouse_operator nologin;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;

-- The login role of DATABASE_URL owns the tables and acts as one of the two; row-level security binds all three.
do $$
begin
  -- Whoever was given the roles by a DBA need not be able to give them on.
  if not (pg_has_role(current_user, 'gatehouse_server', 'member') and pg_has_role(current_user, 'gatehouse_operator', 'member')) then
    grant gatehouse_server, gatehouse_operator to current_user;
  end if;
end $$;

-- The one instance that the current transaction may see. Nothing is seen where none is set.
create function current_instance_id() returns uuid language sql stable
  return nullif(current_setting('gatehouse.instance_id', true), '')::uuid;

create table instance (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  hostname text not null unique check (hostname = lower(hostname) and length(hostname) <= 253),
  language text not null default 'en',
  time_zone text not null default 'UTC',
  -- How many sessions may live at once; null means no limit.
  seats integer check (seats >= 1),
  created_at timestamptz not null default now()
);
alter table instance enable row level security;
alter table instance force row level security;
create policy own on instance for select to gatehouse_server
  using (id = current_instance_id() or hostname = current_setting('gatehouse.hostname', true) or name = current_setting('gatehouse.name', true));
create policy operator on instance to gatehouse_operator using (true) with check (true);
grant select on instance to gatehouse_server;
grant select, insert, update on instance to gatehouse_operator;

-- The instance that answers at a host name, or, where that is allowed, the one with that name.
-- The only statement that looks across instances; it can find one row and no other.
create function find_instance(by_hostname text, by_name text) returns setof instance language plpgsql as $$
begin
  perform set_config('gatehouse.hostname', by_hostname, true), set_config('gatehouse.name', coalesce(by_name, ''), true);
  return query select * from instance where hostname = by_hostname or name = by_name order by hostname = by_hostname desc limit 1;
end $$;

-- One row for the whole installation: what every node on this database must agree on.
create table installation (
  only_one boolean primary key default true check (only_one),
  -- Derived from SECRET_KEY, so that a node with another key refuses to start instead of breaking every initial password.
  key_check bytea not null
);
alter table installation enable row level security;
alter table installation force row level security;
create policy operator on installation to gatehouse_operator using (true) with check (true);
grant select, insert on installation to gatehouse_operator;
