-- Owned by server/sign-in.
-- The end of the usual login: the account is locked, still enabled, has still the credentials that were proven and no step open, no
-- session is in the way and a seat is free. Then its session starts, and true. Anything else: false, and no session
-- is started or ended.
create or replace function log_in_at_once(
  in_instance uuid, proven_account uuid, proven_version integer, by_username_hash bytea, by_device_hash bytea, most_persons integer,
  new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  lease_seconds integer, idle_minutes integer, longest_minutes integer, by_methods text[]
) returns boolean language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform from account where id = proven_account and enabled and credential_version = proven_version
    and open_steps = '{}' for no key update;
  if not found then
    return false;
  end if;
  if (start_session(proven_account, new_token_hash, of_visit_hash, from_address, on_device, in_request, null, true,
    lease_seconds, idle_minutes, longest_minutes, now(), by_methods, null)).outcome <> 'started' then
    return false;
  end if;
  perform touch_last_login(proven_account);
  if not forgive_attempts(by_username_hash, by_device_hash, proven_account) then
    perform remember_browser(by_device_hash, proven_account, most_persons);
  end if;
  return true;
end $$;
