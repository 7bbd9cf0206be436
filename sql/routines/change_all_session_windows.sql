-- Owned by server/sessions.
-- The time zone of an instance is that of the accounts that have none of their own.
create or replace function change_all_session_windows() returns trigger language plpgsql as $$
declare
  before text := coalesce(current_setting('gatehouse.instance_id', true), '');
begin
  perform set_config('gatehouse.instance_id', new.id::text, true);
  update session s set window_changed = true from account a
  where s.instance_id = new.id and s.ended_at is null and a.instance_id = s.instance_id and a.id = s.account_id and a.time_zone is null;
  perform set_config('gatehouse.instance_id', before, true);
  return null;
end $$;
