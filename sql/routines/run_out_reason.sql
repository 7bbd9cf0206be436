-- Owned by server/sessions.
-- Why a session has run out at this moment; null where it has not. The only text that says so: whatever asks whether a session lives asks
-- this, by session_lives. One expression without a subquery, so PostgreSQL puts it into the statement that asks.
-- `silent`, `idle`, `old`: a sign of life, an action, a beginning of then or before is too long ago.
create or replace function run_out_reason(s session, at timestamptz, silent timestamptz, idle timestamptz, old timestamptz)
returns text language sql stable parallel safe as $$
  select case
    when s.started_at <= old then 'longest'
    when s.closes_at <= at then 'hours_over'
    when s.last_active_at <= idle then 'idle'
    when s.last_seen_at <= silent or s.lapses_at <= at then 'no_sign_of_life'
  end;
$$;
