-- Owned by server/outward/openid.
-- What was handed out under a hash, or under the hash of the code that a person types. What belongs to a session is there only as long as
-- the session lives and its person may use the module: so an end counts everywhere from the moment at which it is committed.
create or replace function find_openid_item(
  in_instance uuid, of_model text, by_hash bytea, by_user_code bytea, lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns table (payload bytea, id_hash bytea, consumed_at timestamptz, grant_id text, account_id uuid, client_id text)
language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  return query
    select i.payload, i.id_hash, i.consumed_at, i.grant_id, s.account_id, m.client_id
    from openid_item i
    left join session s on s.instance_id = i.instance_id and s.id = i.session_id
    left join account a on a.instance_id = s.instance_id and a.id = s.account_id
    left join module_grant g on g.instance_id = i.instance_id and g.id = i.grant_id
    left join module m on m.instance_id = g.instance_id and m.id = g.module_id
    where i.instance_id = in_instance and i.model = of_model and i.expires_at > now()
      and case when by_hash is null then i.user_code_hash = by_user_code else i.id_hash = by_hash end
      and (i.grant_id is null or may_use_module(m, a))
      and (i.session_id is null or (a.enabled and session_lives(s, now(), silent_since(lease_seconds),
        now() - make_interval(mins => idle_minutes), now() - make_interval(mins => longest_minutes))));
end $$;
