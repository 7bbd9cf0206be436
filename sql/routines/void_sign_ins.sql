-- Owned by server/sign-in.
-- Voids the sign-ins of these accounts that wait for a step, and returns how many could still have gone on, and whose any were.
create or replace function void_sign_ins(of_accounts uuid[], out sign_ins integer, out accounts uuid[]) language sql as $$
  with voided as (
    update sign_in set used_at = clock_timestamp()
    where account_id = any (of_accounts) and used_at is null returning account_id, expires_at
  )
  select count(*) filter (where expires_at > now()), coalesce(array_agg(account_id), '{}') from voided
$$;
