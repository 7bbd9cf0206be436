-- Owned by server/sessions.
-- Writes that somebody is there, for sessions of which the caller has just seen that they live. `active`: in which of them a person did
-- something. `carried_seconds`: for how long a module that was used carries them, while no page of Gatehouse is open; null where none was.
-- A row that somebody holds is being changed at this moment; the next request brings its sign of life. Nobody waits here, so one
-- session never holds up the others, and two nodes never hold up each other.
create or replace function show_signs_of_life(in_instance uuid, of_sessions uuid[], active uuid[], carried_seconds integer)
returns void language plpgsql set enable_seqscan = off as $$
declare
  held uuid;
  is_live boolean;
begin
  foreach held in array of_sessions loop
    select s.ended_at is null into is_live from session s where s.instance_id = in_instance and s.id = held for no key update skip locked;
    if is_live then
      update session s set last_seen_at = now(), lapses_at = null,
        last_active_at = case when s.id = any (active) then now() else s.last_active_at end,
        carried_until = coalesce(now() + make_interval(secs => carried_seconds), s.carried_until)
      where s.instance_id = in_instance and s.id = held;
    end if;
  end loop;
end $$;
