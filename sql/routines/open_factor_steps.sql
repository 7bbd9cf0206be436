-- Owned by server/authenticators/factors.
-- Which steps of a second factor are open for an account: `second_factor` where it has a live one, `enrolment` where it has none and
-- needs one. From when on, and with which grace, is looked at closely.
create or replace function open_factor_steps() returns trigger language plpgsql as $$
declare
  wanted text;
  is_live boolean;
  is_enough boolean;
  was_reset boolean;
begin
  -- Who changes what a profile demands holds it, and then goes through its accounts: whoever comes to it meanwhile waits, and sees it.
  if tg_op = 'INSERT' or new.profile_id is distinct from old.profile_id then
    perform from profile where instance_id = new.instance_id and id = new.profile_id for key share;
  end if;
  wanted := coalesce((select demand from factor_rule r where r.instance_id = new.instance_id and r.profile_id = new.profile_id), 'offered');
  select coalesce(bool_or(state = 'live'), false),
    coalesce(bool_or(state = 'live' and (wanted <> 'passkey' or kind = 'passkey')), false),
    coalesce(bool_or(disabled_reason = 'reset'), false)
  into is_live, is_enough, was_reset
  from factor f where f.instance_id = new.instance_id and f.account_id = new.id;
  new.open_steps := array_remove(array_remove(new.open_steps, 'second_factor'), 'enrolment')
    || case when is_live and wanted <> 'off' then '{second_factor}' else '{}' end::text[]
    || case when (was_reset and not is_live) or (wanted in ('required', 'passkey') and not is_enough) then '{enrolment}' else '{}' end::text[];
  return new;
end $$;
