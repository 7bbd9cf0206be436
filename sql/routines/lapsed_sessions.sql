-- Owned by server/sessions.
-- Up to so many sessions that have outlived themselves, locked; the longest silent first. Without `wait`, only those that nobody holds.
-- Nobody who holds a session waits for the seats, so waiting comes to an end; and it is cut short if it does not.
create or replace function lapsed_sessions(
  silent timestamptz, idle timestamptz, old timestamptz, how_many integer, except_for uuid, wait boolean
) returns uuid[] language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  usual_timeout text := current_setting('lock_timeout');
  locked uuid[];
begin
  if not wait then
    return array(
      select id from session s
      where ended_at is null and run_out_reason(s, at, silent, idle, old) is not null and id is distinct from except_for
      order by last_seen_at limit how_many for no key update skip locked);
  end if;
  begin
    perform set_config('lock_timeout', '300ms', true);
    locked := array(
      select id from session s
      where ended_at is null and run_out_reason(s, at, silent, idle, old) is not null and id is distinct from except_for
      order by last_seen_at limit how_many for no key update);
    perform set_config('lock_timeout', usual_timeout, true);
    return locked;
  exception when lock_not_available then
    return '{}';
  end;
end $$;
