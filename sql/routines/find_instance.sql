-- Owned by server/instances.
-- The instance that answers at a host name, or, where that is allowed, the one with that name.
-- The only statement that looks across instances; it can find one row and no other.
create or replace function find_instance(by_hostname text, by_name text) returns setof instance language plpgsql as $$
begin
  perform set_config('gatehouse.hostname', by_hostname, true), set_config('gatehouse.name', coalesce(by_name, ''), true);
  return query select * from instance where hostname = by_hostname or name = by_name order by hostname = by_hostname desc limit 1;
end $$;
