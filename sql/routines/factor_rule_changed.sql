-- Owned by server/authenticators/factors.
-- What a profile demands has changed: its accounts are asked anew. Call with the profile held `for update`.
create or replace function factor_rule_changed() returns trigger language plpgsql as $$
begin
  perform look_at_open_steps(array(select id from account where profile_id = coalesce(new.profile_id, old.profile_id) order by id));
  return null;
end $$;
