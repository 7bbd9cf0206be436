-- Owned by server/sessions.
-- Ends sessions, each with its reason, and records it: the only text that does. What has ended already is left out; what has ended now is
-- returned. `said` is what else the audit keeps; of it `note` is for the person, and `successor` is the session that takes the place.
-- The row in the audit is also the event that others read: docs/decisions/0016-events-are-read-from-the-audit.md
-- Each session is looked up by its key alone, which is the best plan for any number of them.
create or replace function end_sessions(
  of_sessions uuid[], reasons text[], by_kind text, by_account uuid, from_address inet, in_request text, said jsonb
) returns setof uuid language plpgsql set enable_seqscan = off as $$
declare
  whose uuid;
begin
  for place in 1..coalesce(cardinality(of_sessions), 0) loop
    update session set ended_at = clock_timestamp(), end_reason = reasons[place],
      end_note = said ->> 'note', successor_id = (said ->> 'successor')::uuid
    where instance_id = (select current_instance_id()) and id = of_sessions[place] and ended_at is null
    returning account_id into whose;
    continue when not found;
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('session_ended', by_kind, by_account, whose, of_sessions[place], from_address, in_request,
      jsonb_build_object('reason', reasons[place]) || said);
    return next of_sessions[place];
  end loop;
end $$;
