-- Nodes of the last version survive this: yes, but a session that its account's dates or hours end goes on there until it is looked at here.

-- When the session ends because its account's dates or login hours do; null where nothing of the account ends it.
alter table session add column closes_at timestamptz;
-- Those that are about to end by something other than silence: few, and looked for every second.
create index session_lapsing on session (instance_id, lapses_at) where ended_at is null and lapses_at is not null;
create index session_closing on session (instance_id, closes_at) where ended_at is null and closes_at is not null;

-- Since when some node has watched over the sessions without a break. While nobody could hear a sign of life, nobody's silence counts.
-- docs/decisions/0015-a-session-that-has-run-out-is-ended-at-once.md
create table session_watch (
  only_one boolean primary key default true check (only_one),
  since timestamptz not null,
  last_at timestamptz not null
);
alter table session_watch enable row level security;
alter table session_watch force row level security;
create policy everybody on session_watch to gatehouse_server, gatehouse_operator using (true) with check (true);
grant select, insert, update on session_watch to gatehouse_server, gatehouse_operator;

-- That the dates, the hours or the time zone of the session's account were changed, so that `closes_at` is to be found anew.
alter table session add column window_changed boolean not null default false;
create index session_window_changed on session (instance_id) where ended_at is null and window_changed;
-- Their texts are in sql/routines/.
create function change_session_windows() returns trigger language plpgsql as 'begin return null; end';
create trigger session_windows_change after update of valid_from, valid_until, login_hours, time_zone on account for each row
  when (old.valid_from is distinct from new.valid_from or old.valid_until is distinct from new.valid_until
    or old.login_hours is distinct from new.login_hours or old.time_zone is distinct from new.time_zone)
  execute function change_session_windows();
create function change_all_session_windows() returns trigger language plpgsql as 'begin return null; end';
create trigger session_windows_change after update of time_zone on instance for each row
  when (old.time_zone is distinct from new.time_zone) execute function change_all_session_windows();
-- Sessions that were started before.
alter table session no force row level security;
update session set window_changed = true where ended_at is null;
alter table session force row level security;
-- An open page learns of it at once.
create trigger session_closing_changed after update of closes_at on session for each row
  when (old.closes_at is distinct from new.closes_at and new.ended_at is null) execute function tell_session_changed();
