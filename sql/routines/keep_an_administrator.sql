-- Owned by server/directory/accounts.
-- The people of an instance cannot take its last Administrator away who can log in at every moment: an enabled account with the built-in
-- profile, without a last day and without login hours, whose first day has come wherever they are. Time alone ends none of that.
-- An instance of an earlier version may have none such; then its last enabled Administrator stays.
-- The operator can, who may have to stop a stolen account, and can open it again.
-- The profile's row is the lock that takes two of them who go at the same moment one after the other.
create or replace function keep_an_administrator() returns trigger language plpgsql as $$
declare
  come date := (now() at time zone 'UTC')::date - 1;
begin
  if current_user = 'gatehouse_operator' then
    return null;
  end if;
  -- The lock is taken only for those whom it is about.
  perform from profile where instance_id = old.instance_id and id = old.profile_id and built_in and name = 'Administrator' for no key update;
  if not found then
    return null;
  end if;
  perform from account where instance_id = old.instance_id and profile_id = old.profile_id and enabled
    and valid_until is null and login_hours is null and (valid_from is null or valid_from <= come);
  if found then
    return null;
  end if;
  if old.valid_until is null and old.login_hours is null and (old.valid_from is null or old.valid_from <= come)
    or not exists (select from account where instance_id = old.instance_id and profile_id = old.profile_id and enabled)
  then
    raise exception 'the last administrator' using errcode = 'GH001';
  end if;
  return null;
end $$;
