-- Owned by server/directory/accounts.
-- Gives these accounts another version of their credentials: what was proven with those of before is worth nothing.
create or replace function renew_credentials(of_accounts uuid[]) returns void language sql as $$
  update account set credential_version = credential_version + 1 where id = any (of_accounts)
$$;
