-- Owned by server/audit.
-- An entry of the audit as it is sealed: always the same text for the same entry. Three parts, so that what is about a person can be erased:
-- what happened, who called from where, and the rest. Of a part that was erased there is its hash instead.
create or replace function audit_text(
  e audit_event, out entry text, out caller text, out detail text, out erased_caller bytea, out erased_detail bytea
) language sql stable as $$
  select
    jsonb_build_object(
      'instance', e.instance_id, 'id', e.id, 'at', to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'event', e.event,
      'actorKind', e.actor_kind, 'actorAccountId', e.actor_account_id, 'accountId', e.account_id, 'sessionId', e.session_id)::text,
    case when e.erased_caller is null then
      jsonb_build_object('address', host(e.address), 'requestId', e.request_id, 'device', e.detail -> 'device')::text end,
    case when e.erased_detail is null then (e.detail - 'device')::text end,
    e.erased_caller, e.erased_detail
$$;
