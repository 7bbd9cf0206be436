-- Ends the session that asks for it, and records it. Twice is no error: the second time there is nothing to do.
create or replace function log_out(
  in_instance uuid, of_session uuid, of_account uuid, from_address inet, on_device text, in_request text
) returns void language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  update session set ended_at = now(), end_reason = 'logged_out' where id = of_session and ended_at is null;
  if found then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('session_ended', 'account', of_account, of_account, of_session, from_address, in_request,
      jsonb_build_object('reason', 'logged_out', 'device', on_device));
  end if;
end $$;
