-- The people of an instance cannot take its last Administrator away: an enabled account with the built-in Administrator profile.
-- The operator can, who may have to stop a stolen account, and can open it again.
-- The profile's row is the lock that takes two of them who go at the same moment one after the other.
create or replace function keep_an_administrator() returns trigger language plpgsql as $$
begin
  if current_user = 'gatehouse_operator' then
    return null;
  end if;
  -- The lock is taken only for those whom it is about.
  perform from profile where instance_id = old.instance_id and id = old.profile_id and built_in and name = 'Administrator' for no key update;
  if found and not exists (select from account where instance_id = old.instance_id and profile_id = old.profile_id and enabled)
  then
    raise exception 'the last administrator' using errcode = 'GH001';
  end if;
  return null;
end $$;
