-- Owned by server/outward/modules.
-- Those of these instances in which a delivery is due. Reads only.
create or replace function find_due_logouts(of_instances uuid[]) returns setof uuid language plpgsql as $$
begin
  for place in 1..cardinality(of_instances) loop
    perform set_config('gatehouse.instance_id', of_instances[place]::text, true);
    return query select d.instance_id from logout_delivery d
      where d.instance_id = of_instances[place] and d.state = 'waiting' and d.next_at <= now() limit 1;
  end loop;
end $$;
