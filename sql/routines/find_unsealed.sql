-- Owned by server/audit.
-- Those of these instances that have entries which no seal covers yet, and which can no longer change their place. Reads only.
create or replace function find_unsealed(of_instances uuid[]) returns setof uuid language plpgsql set enable_seqscan = off as $$
declare
  each uuid;
begin
  foreach each in array of_instances loop
    perform set_config('gatehouse.instance_id', each::text, true);
    if exists (
      select from audit_event e
      where e.instance_id = each and e.horizon < pg_snapshot_xmin(pg_current_snapshot())::text::bigint and (e.horizon, e.id) > (
        select coalesce(max(s.horizon), -1), coalesce(max(s.audit_id), 0) from (
          select horizon, audit_id from audit_seal where instance_id = each order by number desc limit 1) s)
    ) then
      return next each;
    end if;
  end loop;
end $$;
