-- Owned by server/sessions.
-- Whether a session lives: it has not ended and has not run out, marked or not. What its account is, is asked of the account.
create or replace function session_lives(s session, at timestamptz, silent timestamptz, idle timestamptz, old timestamptz)
returns boolean language sql stable parallel safe as $$
  select s.ended_at is null and run_out_reason(s, at, silent, idle, old) is null;
$$;
