-- Owned by server/sessions.
-- When a session runs out if nothing more comes of it: the moment from which run_out_reason has an answer.
create or replace function runs_out_at(s session, lease_seconds integer, idle_minutes integer, longest_minutes integer)
returns timestamptz language sql stable parallel safe as $$
  select least(s.last_seen_at + make_interval(secs => lease_seconds), s.lapses_at, s.closes_at,
    s.last_active_at + make_interval(mins => idle_minutes), s.started_at + make_interval(mins => longest_minutes));
$$;
