-- Owned by server/recovery.
-- With the team of whom it is about, for whoever reaches it.
create or replace function tell_request_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('gatehouse', json_build_object(
    'about', 'requests', 'instance', new.instance_id, 'team', (select team_id from account where id = new.account_id))::text);
  return null;
end $$;
