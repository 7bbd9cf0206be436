-- Owned by server/sessions.
-- Opens channels: each takes the place of the one before, whose loss means nothing from here on. No row when the session has ended.
-- Answers for how long nobody did anything, how old the session is, and in how long its account's hours end, in seconds.
-- Without `wait`, a session that somebody holds has no row either: one does not hold up the others.
-- Whoever comes first finds few sessions, and would keep a plan for few while a whole floor arrives. So each session is looked up by its
-- key alone, which is the best plan for any number of them; and what else it must be is asked of the row.
create or replace function open_channels(in_instance uuid, of_sessions uuid[], new_channels uuid[], wait boolean)
returns table (session_id uuid, idle_seconds double precision, age_seconds double precision, closing_seconds double precision) language plpgsql set enable_seqscan = off as $$
declare
  own session;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  -- A sign of life need not survive a power cut.
  perform set_config('synchronous_commit', 'off', true);
  for place in 1..cardinality(of_sessions) loop
    if wait then
      select * into own from session s where s.instance_id = in_instance and s.id = of_sessions[place] for no key update;
    else
      select * into own from session s where s.instance_id = in_instance and s.id = of_sessions[place] for no key update skip locked;
    end if;
    continue when not found or own.ended_at is not null;
    update session s set channel_id = new_channels[place], last_seen_at = now(), lapses_at = null
    where s.instance_id = in_instance and s.id = own.id;
    session_id := own.id;
    idle_seconds := extract(epoch from now() - own.last_active_at);
    age_seconds := extract(epoch from now() - own.started_at);
    closing_seconds := extract(epoch from own.closes_at - now());
    return next;
  end loop;
end $$;
