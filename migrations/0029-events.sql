-- Nodes of the last version survive this: yes. What they record has its place in the order too.

-- The place of a row in the order in which others read: docs/decisions/0016-events-are-read-from-the-audit.md. A number of the row says
-- when it was begun to be written and not when it could be seen. Not below the transaction that writes it: so nothing can still come below
-- the oldest one that is under way. And not below the last one that had ended before: so what waited for another comes after it.
-- Adding it does not write the table anew: the rows that are there share one value, and are ordered by their ids.
alter table audit_event add column horizon bigint not null
  default greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1);
create index audit_event_in_order on audit_event (instance_id, horizon, id);
