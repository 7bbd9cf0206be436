-- Owned by server/sessions.
-- Ends sessions, each with its reason, and records it: the only text that does. What has ended already is left out; what has ended now is
-- returned. `said` is what else the audit keeps; of it `note` is for the person, and `successor` is the session that takes the place.
-- The row in the audit is also the event that others read: docs/decisions/0016-events-are-read-from-the-audit.md
-- Each session is looked up by its key alone, which is the best plan for any number of them; and what else it must be is asked of the row.
create or replace function end_sessions(
  of_sessions uuid[], reasons text[], by_kind text, by_account uuid, from_address inet, in_request text, said jsonb
) returns setof uuid language plpgsql set enable_seqscan = off as $$
declare
  own_instance uuid := current_instance_id();
  own record;
begin
  for place in 1..coalesce(cardinality(of_sessions), 0) loop
    select account_id, ended_at into own from session s where s.instance_id = own_instance and s.id = of_sessions[place] for no key update;
    continue when not found or own.ended_at is not null;
    update session s set ended_at = clock_timestamp(), end_reason = reasons[place],
      end_note = said ->> 'note', successor_id = (said ->> 'successor')::uuid
    where s.instance_id = own_instance and s.id = of_sessions[place];
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('session_ended', by_kind, by_account, own.account_id, of_sessions[place], from_address, in_request,
      jsonb_build_object('reason', reasons[place]) || said);
    return next of_sessions[place];
  end loop;
end $$;
