-- Owned by server/outward/modules.
-- Keeps that a live session is used at a module, and returns what its tokens hang on; null when the session does not live, or its person
-- may not use the module. Whoever is told of the session's end is told by what stands here, so it is written before anything is handed out.
create or replace function open_module_session(
  in_instance uuid, of_session uuid, at_client text, lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns text language plpgsql as $$
declare
  own module_session;
  found_grant text;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  insert into module_session as used (session_id, module_id)
  select s.id, m.id
  from session s
  join account a on a.instance_id = s.instance_id and a.id = s.account_id
  join module m on m.instance_id = s.instance_id and m.client_id = at_client
  where s.instance_id = in_instance and s.id = of_session and may_use_module(m, a) and session_lives(s, now(), silent_since(lease_seconds),
    now() - make_interval(mins => idle_minutes), now() - make_interval(mins => longest_minutes))
  on conflict (instance_id, session_id, module_id) do update set last_at = now()
  returning used.* into own;
  if not found then
    return null;
  end if;
  perform carry_session(in_instance, of_session, lease_seconds);
  insert into module_grant as one (id, session_id, module_id) values (gen_random_uuid()::text, own.session_id, own.module_id)
  on conflict (instance_id, session_id, module_id) do update set id = one.id
  returning one.id into found_grant;
  return found_grant;
end $$;
