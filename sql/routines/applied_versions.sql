-- Owned by server/platform.
-- Which migrations and routines the database has, each with the checksum of its file: for a node that may not migrate, and looks whether
-- somebody has. The tables themselves are the owner's.
create or replace function applied_versions() returns table (is_routine boolean, name text, checksum text)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select false, m.name, m.checksum from public.migration m union all select true, r.name, r.checksum from public.routine r
$$;
revoke execute on function applied_versions() from public;
grant execute on function applied_versions() to gatehouse_server;
