-- A session whose last sign of life is of then or before is silent. While nobody watches over the sessions, and for one lease after, none
-- is: after a pause of the database or of all nodes everybody has time to show that they are there.
create or replace function silent_since(lease_seconds integer) returns timestamptz language sql stable as $$
  select case
    when count(*) = 0 or bool_and(since <= clock_timestamp() - make_interval(secs => lease_seconds) and last_at > clock_timestamp() - interval '15 seconds')
      then clock_timestamp() - make_interval(secs => lease_seconds)
    else '-infinity' end
  from session_watch;
$$;
