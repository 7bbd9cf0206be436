-- Owned by server/directory/accounts.
-- Keeps when an account has logged in last. It is locked.
create or replace function touch_last_login(of_account uuid) returns void language sql as $$
  update account set last_login_at = now() where id = of_account
$$;
