-- Owned by server/instances.
-- The instances there are, by id and name and nothing else: for the nodes, which tidy and count in one after the other. Nodes serve as a
-- role that sees one instance at a time and cannot become the operator's; this and abandoned_imports are all that they hear of others.
create or replace function list_instances() returns table (id uuid, name text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.id, i.name from public.instance i order by i.name
$$;
-- The operator's role sees all instances; the owner of the tables, whom row-level security binds too, sees none.
grant create on schema public to gatehouse_operator;
alter function list_instances() owner to gatehouse_operator;
revoke create on schema public from gatehouse_operator;
revoke execute on function list_instances() from public;
grant execute on function list_instances() to gatehouse_server;
