-- Owned by server/sessions.
-- A session whose last sign of life is of then or before is silent. While nobody watches over the sessions, and for one lease after, none
-- is: after a pause of the database or of all nodes everybody has time to show that they are there.
create or replace function silent_since(lease_seconds integer) returns timestamptz language plpgsql stable as $$
declare
  silent timestamptz := clock_timestamp() - make_interval(secs => lease_seconds);
  watch session_watch;
begin
  select * into watch from session_watch;
  if watch.since > silent or watch.last_at <= clock_timestamp() - interval '15 seconds' then
    return '-infinity';
  end if;
  return silent;
end $$;
