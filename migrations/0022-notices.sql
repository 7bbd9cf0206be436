-- Nodes of the last version survive this: yes. Nobody there listens.

-- Tells every node that listens what has changed, in the transaction that changes it; ids only. It is a hint: a node that was away
-- looks at the rows. NOTIFY makes commits go one after the other, so logins have none: a session that has outlived itself and gives
-- way to one has nobody left to be told.
create function tell_session_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('gatehouse', json_build_object(
    'about', case when new.ended_at is null then 'renewed' else 'ended' end, 'instance', new.instance_id, 'session', new.id)::text);
  return null;
end $$;
create trigger session_ended after update of ended_at on session for each row
  when (old.ended_at is null and new.ended_at is not null
    and new.end_reason not in ('no_sign_of_life', 'seat_needed', 'idle', 'longest'))
  execute function tell_session_changed();
-- The session goes on with another secret.
create trigger session_renewed after update of token_hash on session for each row
  when (old.token_hash is distinct from new.token_hash) execute function tell_session_changed();

-- With the team of whom it is about, for whoever reaches it.
create function tell_request_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('gatehouse', json_build_object(
    'about', 'requests', 'instance', new.instance_id, 'team', (select team_id from account where id = new.account_id))::text);
  return null;
end $$;
create trigger recovery_request_opened after insert on recovery_request for each row execute function tell_request_changed();
create trigger recovery_request_closed after update of closed_at on recovery_request for each row
  when (old.closed_at is distinct from new.closed_at) execute function tell_request_changed();
