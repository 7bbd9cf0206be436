-- Owned by server/audit.
-- Removes the entries of the oldest seal of this instance that holds any, when all of them are older than the rule says and never
-- younger ones: whoever calls it can remove nothing before its time. What remains of the seal says that it was removed rightly, by a
-- signature that the caller has made of its number and hash. Of the seals before it nothing remains. Returns how many entries it held.
create or replace function remove_old_audit(of_number bigint, moment timestamptz, signed bytea) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  days integer := coalesce((select r.audit_days from rules r where r.instance_id = current_instance_id()), 730);
  sealed audit_seal;
begin
  select * into sealed from audit_seal s
  where s.instance_id = current_instance_id() and s.removal is null order by s.number limit 1 for update;
  if sealed.number is distinct from of_number or signed is null or exists (
    select from audit_event e where e.instance_id = current_instance_id() and e.id = any (sealed.ids) and e.at > now() - make_interval(days => days)
  ) then
    return 0;
  end if;
  delete from audit_event e where e.instance_id = current_instance_id() and e.id = any (sealed.ids);
  update audit_seal s set ids = '{}', hashes = '', removed_at = moment, removal = signed
  where s.instance_id = current_instance_id() and s.number = sealed.number;
  delete from audit_seal s where s.instance_id = current_instance_id() and s.number < sealed.number;
  return cardinality(sealed.ids);
end $$;
revoke execute on function remove_old_audit(bigint, timestamptz, bytea) from public;
grant execute on function remove_old_audit(bigint, timestamptz, bytea) to gatehouse_server, gatehouse_operator;
