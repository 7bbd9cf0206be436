-- Owned by server/administration/imports.
-- Imports that run and that no node works on any more, of all instances: by their ids and nothing else. See list_instances.
create or replace function abandoned_imports(lease_seconds integer) returns table (instance_id uuid, import_id uuid)
language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  select i.instance_id, i.id from public.import i
  where i.state = 'running' and coalesce(i.heartbeat_at, i.started_at) < clock_timestamp() - make_interval(secs => lease_seconds)
  limit 10
$$;
grant create on schema public to gatehouse_operator;
alter function abandoned_imports(integer) owner to gatehouse_operator;
revoke create on schema public from gatehouse_operator;
revoke execute on function abandoned_imports(integer) from public;
grant execute on function abandoned_imports(integer) to gatehouse_server;
