-- Owned by server/sessions.
-- Whether that a module uses a session is to be written again: the last time was ten seconds ago, or the session is about to lapse.
-- `is_action`: and whether a person did something, which is written as often.
create or replace function is_carry_due(s session, is_action boolean, lease_seconds integer) returns boolean
language sql stable parallel safe as $$
  select coalesce(s.carried_until, '-infinity') < now() + make_interval(secs => lease_seconds - 10) or s.lapses_at is not null
    or (is_action and extract(epoch from now() - s.last_active_at) > 10);
$$;
