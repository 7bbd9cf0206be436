-- Owned by server/outward/modules.
-- Lets every module that a session was used at be told of its end, in the transaction that ends it, whatever ended it.
create or replace function queue_logouts() returns trigger language plpgsql as $$
begin
  insert into logout_delivery (module_id, account_id, session_id, reason, ended_at)
  select ms.module_id, new.account_id, new.id, new.end_reason, new.ended_at
  from module_session ms join module m on m.instance_id = ms.instance_id and m.id = ms.module_id
  where ms.instance_id = new.instance_id and ms.session_id = new.id and m.logout_address is not null
  on conflict (instance_id, session_id, module_id) do nothing;
  if found then
    perform pg_notify('gatehouse', json_build_object('about', 'logouts', 'instance', new.instance_id)::text);
  end if;
  return null;
end $$;
