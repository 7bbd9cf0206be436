-- Owned by server/rules.
-- The rules of an instance, in one round trip.
create or replace function find_rules(in_instance uuid) returns setof rules language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  return query select * from rules where instance_id = in_instance;
end $$;
