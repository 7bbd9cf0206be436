-- Owned by server/outward/modules.
-- Takes some of the deliveries that are due, for one node, which has half a minute for them; after that another may try. Modules that this
-- node is busy with are left out, so that one that hangs holds up no other.
create or replace function take_logouts(in_instance uuid, most integer, busy uuid[])
returns table (
  id uuid, module_id uuid, account_id uuid, session_id uuid, tries integer, ended_at timestamptz, client_id text, logout_address text, signing text,
  hostname text
) language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  return query
    with due as (
      select d.id from logout_delivery d
      where d.instance_id = in_instance and d.state = 'waiting' and d.next_at <= now() and d.module_id <> all (busy)
      order by d.next_at limit most for update skip locked)
    update logout_delivery d set next_at = now() + interval '30 seconds', tries = d.tries + 1
    from due, module m, instance i
    where d.instance_id = in_instance and d.id = due.id and m.instance_id = d.instance_id and m.id = d.module_id and i.id = d.instance_id
    returning d.id, d.module_id, d.account_id, d.session_id, d.tries, d.ended_at, m.client_id, coalesce(m.logout_address, ''), m.signing, i.hostname;
end $$;
