-- Owned by server/sessions.
-- Tells every node that listens what has changed, in the transaction that changes it; ids only. It is a hint: a node that was away
-- looks at the rows. NOTIFY makes commits go one after the other, so logins have none: a session that has outlived itself and gives
-- way to one has nobody left to be told.
create or replace function tell_session_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('gatehouse', json_build_object(
    'about', case when new.ended_at is null then 'renewed' else 'ended' end, 'instance', new.instance_id, 'session', new.id)::text);
  return null;
end $$;
