-- Owned by server/authenticators/factors.
create or replace function factor_changed() returns trigger language plpgsql as $$
begin
  perform look_at_open_steps(array[new.account_id]);
  return null;
end $$;
