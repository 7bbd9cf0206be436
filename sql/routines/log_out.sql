-- Owned by server/sessions.
-- Ends the session that asks for it, and records it. Twice is no error: the second time there is nothing to do.
create or replace function log_out(
  in_instance uuid, of_session uuid, of_account uuid, from_address inet, on_device text, in_request text
) returns void language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform end_sessions(array[of_session], '{logged_out}', 'account', of_account, from_address, in_request,
    jsonb_build_object('device', on_device));
end $$;
