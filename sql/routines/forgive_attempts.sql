-- Owned by server/authenticators/passwords.
-- Starts the count anew after a right password; only what else is in flight still counts.
-- From a known browser the waits of others stay: their guesses were not this person's. Says whether the browser is known.
create or replace function forgive_attempts(by_username_hash bytea, by_device_hash bytea, of_account uuid)
returns boolean language plpgsql as $$
declare
  knows_device boolean;
begin
  update known_device set failures = 0, wait_until = null, last_login_at = now()
  where account_id = of_account and device_hash = by_device_hash;
  knows_device := found;
  update login_attempt set failures = greatest(in_flight - 1, 0), in_flight = greatest(in_flight - 1, 0),
    wait_until = case when knows_device then wait_until end
  where username_hash = by_username_hash;
  return knows_device;
end $$;
