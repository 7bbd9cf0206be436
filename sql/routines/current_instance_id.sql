-- Owned by server/platform.
-- The one instance that the current transaction may see. Nothing is seen where none is set.
create or replace function current_instance_id() returns uuid language sql stable
  return nullif(current_setting('gatehouse.instance_id', true), '')::uuid;
