-- Owned by server/sessions.
-- The sessions of many cookies of one instance: `place` says whose cookie it is; a cookie that is no live session has no row.
-- Every clock is the database's. A sign of life is written at most every ten seconds.
-- Each cookie is looked up by itself, by the index of its token, and then what belongs to it: one plan that is good for any number of
-- sessions, made once. As one join it was planned again for most of the statements, which took longer than carrying it out; and where
-- there were few sessions, or many more than at the last look at the table, each statement read all of the instance's.
create or replace function recognise_sessions(
  in_instance uuid, by_token_hashes bytea[], are_actions boolean[], lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns table (
  place integer, id uuid, account_id uuid, started_at timestamptz, address inet, device text,
  username text, full_name text, language text, time_zone text, profile_name text, permissions text[], closes_at timestamptz, closing_seconds double precision,
  auth_time timestamptz, amr text[]
) language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  silent timestamptz := silent_since(lease_seconds);
  idle timestamptz := now() - make_interval(mins => idle_minutes);
  old timestamptz := now() - make_interval(mins => longest_minutes);
  is_action boolean;
  is_stale boolean;
  stale uuid[];
  active uuid[];
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  for place, is_action, id, account_id, started_at, address, device,
    username, full_name, language, time_zone, profile_name, permissions, closes_at, closing_seconds, auth_time, amr, is_stale in
    select asked.place, asked.is_action, s.id, s.account_id, s.started_at, s.address, s.device,
      a.username, a.full_name, a.language, coalesce(a.time_zone, i.time_zone), p.name, p.permissions, s.closes_at,
      extract(epoch from s.closes_at - now()), s.auth_time, s.amr,
      case when asked.is_action then s.last_active_at else s.last_seen_at end < now() - interval '10 seconds' or s.lapses_at is not null
    from unnest(by_token_hashes, are_actions) with ordinality as asked (token_hash, is_action, place)
    cross join lateral (select * from session one where one.instance_id = in_instance and one.token_hash = asked.token_hash
      and session_lives(one, now(), silent, idle, old) limit 1) as s
    cross join lateral (select * from account one where one.instance_id = in_instance and one.id = s.account_id limit 1) as a
    cross join lateral (select * from profile one where one.instance_id = in_instance and one.id = a.profile_id limit 1) as p
    cross join lateral (select * from instance one where one.id = in_instance limit 1) as i
    where a.enabled
  loop
    if is_stale then
      stale := stale || recognise_sessions.id;
      if is_action then active := active || recognise_sessions.id; end if;
    end if;
    return next;
  end loop;
  if stale is not null then
    -- A sign of life need not survive a power cut.
    perform set_config('synchronous_commit', 'off', true);
    perform show_signs_of_life(in_instance, stale, active, null);
  end if;
end $$;
