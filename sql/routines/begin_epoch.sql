-- Voids what the next so many accounts hold that opens something: sessions, links, sign-ins that wait for their next step, initial
-- passwords and given ones. Lasting passwords stay. `last` is the last account of these, null when there was none.
-- The accounts are locked in the order of everybody else, and a login that is under way finds other credentials.
create or replace function begin_epoch(
  after uuid, how_many integer,
  out last uuid, out sessions integer, out links integer, out sign_ins integer, out initial_passwords integer
) language plpgsql as $$
declare
  these uuid[] := array(select id from account where after is null or id > after order by id limit how_many for update);
  without_link uuid[];
  without_sign_in uuid[];
  without_initial uuid[];
begin
  last := these[cardinality(these)];
  with ended as (
    update session set ended_at = clock_timestamp(), end_reason = 'epoch' where account_id = any (these) and ended_at is null
    returning id, account_id
  ), recorded as (
    insert into audit_event (event, actor_kind, account_id, session_id, detail)
    select 'session_ended', 'operator', ended.account_id, ended.id, '{"reason": "epoch"}' from ended returning 1
  )
  select count(*) into sessions from recorded;
  with voided as (
    update recovery_link set ended_at = clock_timestamp(), end_reason = 'epoch'
    where account_id = any (these) and ended_at is null returning account_id, expires_at
  )
  select count(*) filter (where expires_at > now()), array_agg(account_id) into links, without_link from voided;
  with voided as (
    update sign_in set used_at = clock_timestamp()
    where account_id = any (these) and used_at is null returning account_id, expires_at
  )
  select count(*) filter (where expires_at > now()), array_agg(account_id) into sign_ins, without_sign_in from voided;
  with voided as (
    update password set hash = null, changed_at = null, initial_hash = null, initial_expires_at = null, must_change_by = null
    where account_id = any (these) and (initial_hash is not null or must_change_by is not null) returning account_id
  ), recorded as (
    insert into audit_event (event, actor_kind, account_id, detail)
    select 'initial_password_voided', 'operator', voided.account_id, '{"reason": "epoch"}' from voided returning account_id
  )
  select count(*), array_agg(account_id) into initial_passwords, without_initial from recorded;
  update account set credential_version = credential_version + 1
  where id = any (these) and id = any (without_link || without_sign_in || without_initial);
end $$;
