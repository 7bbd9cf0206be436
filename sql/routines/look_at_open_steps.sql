-- Owned by server/directory/accounts.
-- Has it said anew which steps may be open for these accounts; the triggers on `account` say it.
create or replace function look_at_open_steps(of_accounts uuid[]) returns void language sql as $$
  update account set open_steps = open_steps where id = any (of_accounts)
$$;
