-- Owned by server/instances.
-- Whether this is what the installation's secret key is recognised by; null where none is kept yet. A node that serves asks, and is told
-- nothing else. See list_instances.
create or replace function is_key_check(given bytea) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select (select key_check from public.installation) = given
$$;
grant create on schema public to gatehouse_operator;
alter function is_key_check(bytea) owner to gatehouse_operator;
revoke create on schema public from gatehouse_operator;
revoke execute on function is_key_check(bytea) from public;
grant execute on function is_key_check(bytea) to gatehouse_server;
