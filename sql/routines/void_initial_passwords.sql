-- Owned by server/authenticators/passwords.
-- Voids the initial and the given passwords of these accounts, records it, and returns whose there were. Lasting passwords stay.
create or replace function void_initial_passwords(of_accounts uuid[], by_kind text, why text) returns uuid[] language sql as $$
  with voided as (
    update password set hash = null, changed_at = null, initial_hash = null, initial_expires_at = null, must_change_by = null
    where account_id = any (of_accounts) and (initial_hash is not null or must_change_by is not null) returning account_id
  ), recorded as (
    insert into audit_event (event, actor_kind, account_id, detail)
    select 'initial_password_voided', by_kind, voided.account_id, jsonb_build_object('reason', why) from voided returning account_id
  )
  select coalesce(array_agg(account_id), '{}') from recorded
$$;
