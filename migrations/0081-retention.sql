-- Nodes of the last version survive this: yes. They remove less.

-- How long what has happened is kept, in days. What each rule does: contracts/rules.ts.
alter table rules
  add column audit_days integer not null default 730 check (audit_days between 90 and 3650),
  add column session_days integer not null default 180 check (session_days between 30 and 3650),
  add column request_days integer not null default 180 check (request_days between 7 and 3650),
  add column message_days integer not null default 180 check (message_days between 7 and 3650),
  add column import_days integer not null default 90 check (import_days between 1 and 3650);
