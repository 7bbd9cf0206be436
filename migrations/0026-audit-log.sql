-- Nodes of the last version survive this: yes.

-- What the audit is read by: the time; whom it was done to; who did it to somebody else; and what was done. By the time and by the
-- number of the row within it, so that rows of the same moment have an order too.
create index audit_event_by_time on audit_event (instance_id, at, id);
create index audit_event_by_subject on audit_event (instance_id, account_id, at, id);
-- What people do themselves, such as every login, stands in the one before already.
create index audit_event_by_actor on audit_event (instance_id, actor_account_id, at, id)
  where actor_account_id is distinct from account_id;
create index audit_event_by_kind on audit_event (instance_id, event, at, id);
drop index audit_event_by_account;
-- Who the instance is, is asked once a statement and not once a row.
alter policy own on audit_event using (instance_id = (select current_instance_id()));
