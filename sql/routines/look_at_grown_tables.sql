-- Owned by server/administration/imports.
-- Lets PostgreSQL look at the tables that an import has just made grow. Until it does, every connection keeps the plans that were good
-- when an instance had three accounts, and reads all of a hundred thousand for each session check and each login; by itself it looks
-- once a minute. The owner of the tables has to do it, and this is all that others can let the owner do.
create or replace function look_at_grown_tables() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.account, public.password, public.import_row, public.message;
end $$;
revoke execute on function look_at_grown_tables() from public;
grant execute on function look_at_grown_tables() to gatehouse_server;
