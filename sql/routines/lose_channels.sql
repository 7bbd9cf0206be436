-- Owned by server/sessions.
-- Channels that were lost: each session lapses so many seconds from now, unless a newer channel was opened meanwhile; whichever of
-- the two is written first. One that is used at a module lapses no sooner than the module carries it.
-- Whoever comes first finds few sessions, and would keep a plan for few while a whole floor arrives. So each session is looked up by its
-- key alone, which is the best plan for any number of them; and what else it must be is asked of the row.
create or replace function lose_channels(in_instance uuid, of_sessions uuid[], lost_channels uuid[], seconds integer[])
returns void language plpgsql set enable_seqscan = off as $$
declare
  lost record;
  own session;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform set_config('synchronous_commit', 'off', true);
  -- In one order on all nodes, so that no two wait for each other.
  for lost in select * from unnest(of_sessions, lost_channels, seconds) as each (session_id, channel_id, after) order by session_id loop
    select * into own from session s where s.instance_id = in_instance and s.id = lost.session_id for no key update;
    continue when not found or own.ended_at is not null or own.channel_id is distinct from lost.channel_id;
    update session s set channel_id = null, lapses_at = greatest(now() + make_interval(secs => lost.after), s.carried_until)
    where s.instance_id = in_instance and s.id = lost.session_id;
  end loop;
end $$;
