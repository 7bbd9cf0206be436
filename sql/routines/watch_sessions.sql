-- Owned by server/sessions.
-- Keeps that somebody watches over the sessions; after a break the watch begins anew. Every node calls it every second, and one in some
-- seconds writes.
create or replace function watch_sessions() returns void language plpgsql as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into session_watch as watch (since, last_at) values ('-infinity', clock_timestamp())
  on conflict on constraint session_watch_pkey do update set
    since = case when watch.last_at <= clock_timestamp() - interval '15 seconds' then clock_timestamp() else watch.since end,
    last_at = clock_timestamp()
  where watch.last_at <= clock_timestamp() - interval '3 seconds';
end $$;
