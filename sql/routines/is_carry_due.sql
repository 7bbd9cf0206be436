-- Owned by server/sessions.
-- Whether that a module uses a session is to be written again: the last time was ten seconds ago, or the session is about to lapse.
create or replace function is_carry_due(s session, lease_seconds integer) returns boolean language sql stable parallel safe as $$
  select coalesce(s.carried_until, '-infinity') < now() + make_interval(secs => lease_seconds - 10) or s.lapses_at is not null;
$$;
