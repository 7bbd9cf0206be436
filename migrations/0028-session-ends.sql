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
