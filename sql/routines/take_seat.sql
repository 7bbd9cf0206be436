-- Owned by server/sessions.
-- Takes a seat for a session that is about to start, or says that there is none. From the lock to the end of their transactions, the
-- logins of an instance with seats go one after the other; every statement below sees what the one before has written.
-- A session that has outlived itself has no seat: it is ended when its seat is needed, the longest silent first.
-- `instead_of`: a session of the same account that has outlived itself and is about to be ended, so it does not count.
create or replace function take_seat(
  of_account uuid, instead_of uuid, lease_seconds integer, idle_minutes integer, longest_minutes integer, in_request text
) returns boolean language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  silent timestamptz := silent_since(lease_seconds);
  idle timestamptz := at - make_interval(mins => idle_minutes);
  old timestamptz := at - make_interval(mins => longest_minutes);
  own instance;
  known integer;
  allowance integer;
  is_administrator boolean;
  administrators integer;
  not_ended integer;
  too_many integer;
  lapsed uuid[] := '{}';
  live integer;
  today date;
  taken boolean;
begin
  perform pg_advisory_xact_lock_shared(seats_lock());
  select * into own from instance where id = current_instance_id();
  if own.seats is null then
    return true;
  end if;
  allowance := case when own.overlap_minutes > 0 then own.seats * own.overlap_percent / 100 else 0 end;
  select at_most into known from seat_count;
  if known is null or known >= own.seats then
    select p.built_in and p.name = 'Administrator' into is_administrator
    from account a join profile p on p.id = a.profile_id where a.id = of_account;
    if not is_administrator then
      -- Whoever finds no seat at this moment is refused without holding up the others.
      select count(*) into live from session s
      where session_lives(s, at, silent, idle, old) and id is distinct from instead_of;
      if live >= own.seats + allowance then
        return false;
      end if;
    end if;
  end if;

  update seat_count set at_most = at_most + 1 returning at_most into known;
  if not found then
    insert into seat_count default values on conflict do nothing;
    perform from seat_count for no key update;
  end if;
  if known <= own.seats then
    return true;
  end if;

  for attempt in 1..2 loop
    at := clock_timestamp();
    silent := silent_since(lease_seconds);
    idle := at - make_interval(mins => idle_minutes);
    old := at - make_interval(mins => longest_minutes);
    if attempt = 2 then
      -- Others may be held by somebody, and whether they are being ended or show a sign of life is about to be decided.
      lapsed := lapsed_sessions(silent, idle, old, too_many, instead_of, true);
    end if;
    select count(*) into not_ended from session where ended_at is null and id is distinct from instead_of;
    too_many := not_ended + 1 - own.seats;
    if too_many <= 0 then
      update seat_count set at_most = not_ended + 1;
      return true;
    end if;
    if attempt = 1 then
      lapsed := lapsed_sessions(silent, idle, old, too_many, instead_of, false);
    end if;
    lapsed := lapsed[:too_many];
    -- If they do not suffice, some may have been ended since they were counted.
    exit when cardinality(lapsed) = too_many;
  end loop;

  -- How many would live with the new one.
  live := not_ended - cardinality(lapsed) + 1;
  taken := live <= own.seats;
  if not taken then
    select p.built_in and p.name = 'Administrator' into is_administrator
    from account a join profile p on p.id = a.profile_id where a.id = of_account;
    if is_administrator then
      -- Whatever else is in use, so many Administrators can be in: also after the operator has taken seats away.
      select count(*) into administrators
      from profile p join account a on a.profile_id = p.id join session s on s.account_id = a.id
      where p.built_in and p.name = 'Administrator' and s.ended_at is null and s.id <> all (lapsed) and s.id is distinct from instead_of;
      taken := live <= own.seats + own.seat_reserve or administrators < own.seat_reserve;
    end if;
  end if;
  if not taken and live <= own.seats + allowance + (case when is_administrator then own.seat_reserve else 0 end) then
    -- A minute in which somebody gets in above the seats counts once, however many do.
    today := (at at time zone own.time_zone)::date;
    update seat_count set
      overlap_minutes_used = case
        when overlap_day is distinct from today then 1
        when overlap_minute = date_trunc('minute', at) then overlap_minutes_used
        else overlap_minutes_used + 1 end,
      overlap_day = today, overlap_minute = date_trunc('minute', at)
    where case
      when overlap_day is distinct from today then own.overlap_minutes > 0
      when overlap_minute = date_trunc('minute', at) then overlap_minutes_used <= own.overlap_minutes
      else overlap_minutes_used < own.overlap_minutes end;
    taken := found;
  end if;

  if not taken then
    update seat_count set at_most = not_ended + 1;
    return false;
  end if;
  perform end_sessions(array_agg(s.id), array_agg(coalesce(nullif(run_out_reason(s, at, silent, idle, old), 'no_sign_of_life'), 'seat_needed')),
    'system', null, null, in_request, '{}')
  from session s where id = any (lapsed);
  update seat_count set at_most = live;
  return true;
end $$;
