-- Nodes of the last version survive this: yes.

-- The transaction that has written the row. A number of the row says when it was begun to be written and not when it could be seen; by the
-- transaction whoever reads in order knows what may still come. docs/decisions/0016-events-are-read-from-the-audit.md
alter table audit_event add column transaction_id xid8 not null default pg_current_xact_id();
create index audit_event_by_transaction on audit_event (instance_id, transaction_id, id);
