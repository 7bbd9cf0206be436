-- Owned by server/sessions.
-- Those sessions of these instances that a moment in their row has ended: of a lost channel, or of the account's hours; and those of which
-- that moment is to be found anew. All this can come at any time and be near, so it is asked every second; each has an index of its own, in
-- which there are few. Reads only.
create or replace function find_lapsed(of_instances uuid[])
returns table (instance_id uuid, session_id uuid, window_changed boolean) language plpgsql set enable_seqscan = off as $$
begin
  for place in 1..cardinality(of_instances) loop
    perform set_config('gatehouse.instance_id', of_instances[place]::text, true);
    return query
      select s.instance_id, s.id, false from session s where s.instance_id = of_instances[place] and s.ended_at is null and s.lapses_at <= now()
      union all
      select s.instance_id, s.id, false from session s where s.instance_id = of_instances[place] and s.ended_at is null and s.closes_at <= now()
      union all
      select s.instance_id, s.id, true from session s where s.instance_id = of_instances[place] and s.ended_at is null and s.window_changed;
  end loop;
end $$;
