-- Owned by server/authenticators/factors.
-- Counts a try of an account's code, before anything is checked, and says whether it may be checked at all. Call with the account locked.
-- A browser that knows the person has waits of its own: others who have the password do not make it wait. The hundred count for all.
-- `waits_until` is null where the codes are used up: until they are reset, as NIST SP 800-63B-4, 3.2.2 wants it.
create or replace function take_factor_attempt(
  of_account uuid, by_device bytea, knows_device boolean,
  free_failures integer, first_seconds integer, longest_seconds integer, most_failures integer,
  out admitted boolean, out waits_until timestamptz
) language plpgsql as $$
declare
  own bytea := case when knows_device then by_device else ''::bytea end;
  is_used_up boolean;
begin
  insert into factor_attempt (account_id, device_hash) values (of_account, ''), (of_account, own) on conflict do nothing;
  perform from factor_attempt where account_id = of_account and device_hash in ('', own) order by device_hash for no key update;
  select failures >= most_failures into is_used_up from factor_attempt where account_id = of_account and device_hash = '';
  select wait_until into waits_until from factor_attempt where account_id = of_account and device_hash = own;
  admitted := not is_used_up and (waits_until is null or waits_until <= clock_timestamp());
  if is_used_up then
    waits_until := null;
  end if;
  if admitted then
    update factor_attempt as known set failures = known.failures + 1, last_at = clock_timestamp(),
      wait_until = case when known.device_hash = own then attempt_wait(known.failures + 1, free_failures, first_seconds, longest_seconds)
        else known.wait_until end
    where account_id = of_account and device_hash in ('', own);
  end if;
end $$;
