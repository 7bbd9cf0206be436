-- Owned by server/recovery.
-- Voids the links of these accounts, and returns how many could still have been used, and whose any were.
create or replace function void_recovery_links(of_accounts uuid[], why text, out links integer, out accounts uuid[]) language sql as $$
  with voided as (
    update recovery_link set ended_at = clock_timestamp(), end_reason = why
    where account_id = any (of_accounts) and ended_at is null returning account_id, expires_at
  )
  select count(*) filter (where expires_at > now()), coalesce(array_agg(account_id), '{}') from voided
$$;
