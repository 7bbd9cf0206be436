-- Owned by server/directory/accounts.
-- An account with dates or hours has the step open that looks at them, whoever set them and however.
create or replace function open_account_window() returns trigger language plpgsql as $$
begin
  new.open_steps := array_remove(new.open_steps, 'account_window')
    || case when new.valid_from is null and new.valid_until is null and new.login_hours is null then '{}' else '{account_window}' end::text[];
  return new;
end $$;
