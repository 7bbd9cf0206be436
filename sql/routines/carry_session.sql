-- Owned by server/sessions.
-- A module used this session, of which the caller knows that it lives: it goes on for a lease, also without a page of Gatehouse. Written
-- at most every ten seconds.
create or replace function carry_session(in_instance uuid, of_session uuid, lease_seconds integer) returns void language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform show_signs_of_life(in_instance, array[s.id], null, lease_seconds)
  from session s where s.instance_id = in_instance and s.id = of_session and is_carry_due(s, false, lease_seconds);
end $$;
