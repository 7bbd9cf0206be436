-- Owned by server/sessions.
-- The lock by which the operator's change of the seats waits for the logins that began before it.
create or replace function seats_lock() returns bigint language sql stable return hashtextextended('seats ' || current_instance_id(), 0);
