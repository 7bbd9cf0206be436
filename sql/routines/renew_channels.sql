-- Owned by server/sessions.
-- Renews the leases of channels of a node, of whatever instances, and says how their sessions stand: no row for one that is gone.
-- Who is idle for too long or too old is for the rules to say, and is not made younger here.
-- Whoever comes first finds few sessions, and would keep a plan for few while a whole floor arrives. So each session is looked up by its
-- key alone, which is the best plan for any number of them; and what else it must be is asked of the row.
create or replace function renew_channels(of_instances uuid[], of_sessions uuid[], by_channels uuid[])
returns table (session_id uuid, channel_id uuid, lives boolean, idle_seconds double precision, age_seconds double precision, closing_seconds double precision)
language plpgsql set enable_seqscan = off as $$
declare
  one uuid;
  own record;
begin
  perform set_config('synchronous_commit', 'off', true);
  for place in 1..cardinality(of_sessions) loop
    if of_instances[place] is distinct from one then
      one := of_instances[place];
      perform set_config('gatehouse.instance_id', one::text, true);
    end if;
    select s.*, a.enabled into own from session s join account a on a.instance_id = s.instance_id and a.id = s.account_id
    where s.instance_id = one and s.id = of_sessions[place] for no key update of s skip locked;
    if not found then
      -- What somebody holds at this moment is being changed; its lease is renewed the next time.
      select s.*, a.enabled into own from session s join account a on a.instance_id = s.instance_id and a.id = s.account_id
      where s.instance_id = one and s.id = of_sessions[place];
      continue when not found;
    elsif own.ended_at is null and own.channel_id = by_channels[place] then
      update session s set last_seen_at = now(), lapses_at = null where s.instance_id = one and s.id = own.id;
    end if;
    session_id := own.id;
    channel_id := own.channel_id;
    lives := own.ended_at is null and own.enabled;
    idle_seconds := extract(epoch from now() - own.last_active_at);
    age_seconds := extract(epoch from now() - own.started_at);
    closing_seconds := extract(epoch from own.closes_at - now());
    return next;
  end loop;
end $$;
