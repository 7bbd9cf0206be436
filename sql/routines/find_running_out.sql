-- Owned by server/sessions.
-- Looks at every live session of these instances: which ones run out within so many seconds, or have run out, and in how many. Reads only.
-- Silence that does not count is left out.
create or replace function find_running_out(
  of_instances uuid[], lease_seconds integer[], idle_minutes integer[], longest_minutes integer[], within_seconds double precision
) returns table (instance_id uuid, session_id uuid, in_seconds double precision) language plpgsql as $$
declare
  until timestamptz := clock_timestamp() + make_interval(secs => within_seconds);
  lease integer;
begin
  for place in 1..cardinality(of_instances) loop
    perform set_config('gatehouse.instance_id', of_instances[place]::text, true);
    lease := case when silent_since(lease_seconds[place]) > '-infinity' then lease_seconds[place] end;
    return query
      select s.instance_id, s.id, extract(epoch from s.at - clock_timestamp())::double precision
      from (
        select one.instance_id, one.id, runs_out_at(one, lease, idle_minutes[place], longest_minutes[place]) as at from session one
        where one.instance_id = of_instances[place] and one.ended_at is null
      ) as s where s.at <= until;
  end loop;
end $$;
