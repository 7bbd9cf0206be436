-- Owned by server/authenticators/passwords.
-- Lets a browser be known to a person from now on; the person of longest ago is forgotten when it knows too many.
create or replace function remember_browser(by_device_hash bytea, of_account uuid, most_persons integer) returns void language plpgsql as $$
begin
  insert into known_device (device_hash, account_id) values (by_device_hash, of_account)
  on conflict on constraint known_device_pkey do update set last_login_at = now();
  delete from known_device where device_hash = by_device_hash and account_id in (
    select account_id from known_device where device_hash = by_device_hash order by last_login_at desc offset most_persons);
end $$;
