-- Owned by server/sessions.
-- Whoever changes the dates, the hours or the time zone of an account, and however: when its session closes is to be found anew. The watch
-- does so (server/sessions/watch.ts), for hours in a time zone are not the database's to judge.
create or replace function change_session_windows() returns trigger language plpgsql as $$
begin
  update session set window_changed = true where instance_id = new.instance_id and account_id = new.id and ended_at is null;
  return null;
end $$;
