-- Owned by server/audit.
-- Erases what the audit of this instance says of a person: of what was done to them all but what happened, when and by whom; of what they
-- did to others, from where. In place of each part its hash stays, so that the chain is whole. Returns how many entries it changed.
create or replace function erase_from_audit(of_account uuid, how_many integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  changed integer;
begin
  with those as (
    (select e.id, true as subject from audit_event e
     where e.instance_id = current_instance_id() and e.account_id = of_account and e.erased_detail is null
       and e.event <> 'person_erased'
     order by e.at, e.id limit how_many)
    union all
    (select e.id, false from audit_event e
     where e.instance_id = current_instance_id() and e.actor_account_id = of_account and e.account_id is distinct from of_account
       and e.erased_caller is null
     order by e.at, e.id limit how_many)
  )
  update audit_event e set
    address = null,
    request_id = null,
    detail = case when those.subject then '{}' else e.detail - 'device' end,
    erased_caller = coalesce(e.erased_caller, sha256(convert_to((audit_text(e)).caller, 'UTF8'))),
    erased_detail = case when those.subject then sha256(convert_to((audit_text(e)).detail, 'UTF8')) end
  from those where e.instance_id = current_instance_id() and e.id = those.id;
  get diagnostics changed = row_count;
  return changed;
end $$;
revoke execute on function erase_from_audit(uuid, integer) from public;
grant execute on function erase_from_audit(uuid, integer) to gatehouse_operator;
