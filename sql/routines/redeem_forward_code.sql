-- Owned by server/outward/forward-auth.
-- Uses a code up, once, for the ticket of this hash: only for the browser that began, at the host of the module, and while the session
-- lives and its person may use the module. Answers where on the module's host it leads; null where any of this is not so.
create or replace function redeem_forward_code(
  in_instance uuid, at_host text, by_code_hash bytea, by_nonce_hash bytea, ticket_hash bytea,
  lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns text language plpgsql as $$
declare
  own forward_sign_in;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  update forward_sign_in f set used_at = now()
  from module m
  where f.instance_id = in_instance and f.code_hash = by_code_hash and f.nonce_hash = by_nonce_hash
    and f.used_at is null and f.code_expires_at > now()
    and m.instance_id = in_instance and m.id = f.module_id and m.host = at_host
  returning f.* into own;
  if not found then
    return null;
  end if;
  insert into module_ticket (token_hash, session_id, module_id)
  select ticket_hash, s.id, m.id
  from session s
  join account a on a.instance_id = s.instance_id and a.id = s.account_id
  join module m on m.instance_id = s.instance_id and m.id = own.module_id
  where s.instance_id = in_instance and s.id = own.session_id and may_use_module(m, a)
    and session_lives(s, now(), silent_since(lease_seconds), now() - make_interval(mins => idle_minutes), now() - make_interval(mins => longest_minutes));
  if not found then
    return null;
  end if;
  return own.wanted;
end $$;
