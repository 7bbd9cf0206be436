-- Nodes of the last version survive this: yes. They do not know the limit; what they start is counted.

-- Beside `seats`: how many more Administrators may take, and how far and how long a day the sessions may go over the seats, for a
-- change of shifts. docs/decisions/0012-seats-are-counted-at-the-limit.md
alter table instance
  add column seat_reserve integer not null default 1 check (seat_reserve between 0 and 1000),
  add column overlap_percent integer not null default 0 check (overlap_percent between 0 and 100),
  add column overlap_minutes integer not null default 0 check (overlap_minutes between 0 and 1440);

-- What the logins of an instance with seats hold, one after the other.
create table seat_count (
  instance_id uuid not null default current_instance_id() references instance (id),
  -- No more sessions than this have not ended. Grows with each login and is counted anew at the limit; null means: count.
  at_most integer,
  -- The day of the last login above the seats, in the instance's time zone; the minute; and on how many minutes of the day there were some.
  overlap_day date,
  overlap_minute timestamptz,
  overlap_minutes_used integer not null default 0,
  primary key (instance_id)
);
-- How many logins found no seat, by quarter of an hour.
create table seat_refusal (
  instance_id uuid not null default current_instance_id() references instance (id),
  quarter_started_at timestamptz not null,
  refusals integer not null,
  primary key (instance_id, quarter_started_at)
);
do $$
declare
  each text;
begin
  foreach each in array array['seat_count', 'seat_refusal'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;

alter table session
  -- The session that took the place of this one, and what whoever ended it said.
  add column successor_id uuid,
  add column end_note text,
  -- When the person said that it was somebody else who moved the session.
  add column disputed_at timestamptz;
-- The sessions of a day: those that end after its beginning, or have not ended.
create index session_by_end on session (instance_id, ended_at);

-- A proven login that may move the session of its account here: that one and no other, within a minute, once.
alter table pending_login
  drop constraint pending_login_step_check,
  drop constraint pending_login_reason_check,
  alter column reason drop not null,
  add column other_session_id uuid,
  add constraint pending_login_step_check check (
    step = 'choose_password' and reason in ('initial', 'expired') and other_session_id is null
    or step = 'take_over' and reason is null and other_session_id is not null);

-- The lock by which the operator's change of the seats waits for the logins that began before it.
create function seats_lock() returns bigint language sql stable return hashtextextended('seats ' || current_instance_id(), 0);

-- Takes a seat for a session that is about to start, or says that there is none. From the lock to the end of their transactions, the
-- logins of an instance with seats go one after the other; every statement below sees what the one before has written.
-- A session that has outlived itself has no seat: it is ended when its seat is needed, the longest silent first.
-- `instead_of`: a session of the same account that has outlived itself and is about to be ended, so it does not count.
create function take_seat(
  of_account uuid, instead_of uuid, lease_seconds integer, idle_minutes integer, longest_minutes integer, in_request text
) returns boolean language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  silent_since timestamptz := at - make_interval(secs => lease_seconds);
  idle_since timestamptz := at - make_interval(mins => idle_minutes);
  old_since timestamptz := at - make_interval(mins => longest_minutes);
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
      select count(*) into live from session
      where ended_at is null and last_seen_at > silent_since and last_active_at > idle_since and started_at > old_since
        and id is distinct from instead_of;
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
    silent_since := at - make_interval(secs => lease_seconds);
    idle_since := at - make_interval(mins => idle_minutes);
    old_since := at - make_interval(mins => longest_minutes);
    if attempt = 2 then
      -- The others are held by somebody, and whether they are being ended or show a sign of life is about to be decided.
      lapsed := lapsed_sessions(silent_since, idle_since, old_since, too_many, instead_of, true);
    end if;
    select count(*) into not_ended from session where ended_at is null and id is distinct from instead_of;
    too_many := not_ended + 1 - own.seats;
    if too_many <= 0 then
      update seat_count set at_most = not_ended + 1;
      return true;
    end if;
    if attempt = 1 then
      lapsed := lapsed_sessions(silent_since, idle_since, old_since, too_many, instead_of, false);
    end if;
    lapsed := lapsed[:too_many];
    exit when cardinality(lapsed) = too_many or not exists (
      select from session
      where ended_at is null and (last_seen_at <= silent_since or last_active_at <= idle_since or started_at <= old_since)
        and id is distinct from instead_of and id <> all (lapsed));
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
  with ended as (
    update session set ended_at = clock_timestamp(), end_reason = case
      when started_at <= old_since then 'longest' when last_active_at <= idle_since then 'idle' else 'seat_needed' end
    where id = any (lapsed) returning id, account_id, end_reason
  )
  insert into audit_event (event, actor_kind, account_id, session_id, request_id, detail)
  select 'session_ended', 'system', ended.account_id, ended.id, in_request, jsonb_build_object('reason', ended.end_reason) from ended;
  update seat_count set at_most = live;
  return true;
end $$;

-- Up to so many sessions that have outlived themselves, locked; the longest silent first. Without `wait`, only those that nobody holds.
-- Nobody who holds a session waits for the seats, so waiting comes to an end; and it is cut short if it does not.
create function lapsed_sessions(
  silent_since timestamptz, idle_since timestamptz, old_since timestamptz, how_many integer, except_for uuid, wait boolean
) returns uuid[] language plpgsql as $$
declare
  usual_timeout text := current_setting('lock_timeout');
  locked uuid[];
begin
  if not wait then
    return array(
      select id from session
      where ended_at is null and (last_seen_at <= silent_since or last_active_at <= idle_since or started_at <= old_since)
        and id is distinct from except_for
      order by last_seen_at limit how_many for no key update skip locked);
  end if;
  begin
    perform set_config('lock_timeout', '300ms', true);
    locked := array(
      select id from session
      where ended_at is null and (last_seen_at <= silent_since or last_active_at <= idle_since or started_at <= old_since)
        and id is distinct from except_for
      order by last_seen_at limit how_many for no key update);
    perform set_config('lock_timeout', usual_timeout, true);
    return locked;
  exception when lock_not_available then
    return '{}';
  end;
end $$;

-- Starts an account's session and records its login. outcome: 'started'; 'already_logged_in', when another one lives; 'no_seat'.
-- The account is locked, and this is the last of a login's checks, whatever path leads here. The unique index decides between two.
-- A session of the account gives way when it has outlived itself, when this same browser started it, or when it is the one that the
-- person chose to move (`moves`). The latter two hand their seat on, so nobody can take it in between.
-- `at_once`: whatever is in the way is left to a closer look.
create function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  moves uuid, at_once boolean, lease_seconds integer, idle_minutes integer, longest_minutes integer,
  out outcome text, out session_id uuid
) language plpgsql as $$
declare
  new_id uuid := gen_random_uuid();
  other session;
  reason text;
  has_lapsed boolean;
  silent_since timestamptz := clock_timestamp() - make_interval(secs => lease_seconds);
  idle_since timestamptz := clock_timestamp() - make_interval(mins => idle_minutes);
  old_since timestamptz := clock_timestamp() - make_interval(mins => longest_minutes);
  ended uuid;
  seat_is_handed_on boolean := false;
begin
  select * into other from session where account_id = of_account and ended_at is null;
  if found then
    has_lapsed := other.last_seen_at <= silent_since or other.last_active_at <= idle_since or other.started_at <= old_since;
    reason := case
      when other.started_at <= old_since then 'longest'
      when other.last_active_at <= idle_since then 'idle'
      when other.visit_hash = of_visit_hash then 'logged_in_again'
      when has_lapsed then 'no_sign_of_life'
      when other.id = moves then 'moved' end;
    if reason is null or at_once then
      outcome := 'already_logged_in';
      return;
    end if;
    if not has_lapsed then
      update session set ended_at = clock_timestamp(), end_reason = reason, successor_id = new_id
      where id = other.id and ended_at is null and last_seen_at > silent_since returning id into ended;
      seat_is_handed_on := found;
    end if;
  end if;

  if not seat_is_handed_on then
    -- The seats are locked before any session is, here and everywhere.
    if not take_seat(of_account, other.id, lease_seconds, idle_minutes, longest_minutes, in_request) then
      outcome := 'no_seat';
      return;
    end if;
    if reason is not null then
      -- It may have shown a sign of life, or outlived itself, since.
      update session set ended_at = clock_timestamp(), end_reason = reason, successor_id = new_id
      where id = other.id and ended_at is null and (
        visit_hash = of_visit_hash or last_seen_at <= silent_since or last_active_at <= idle_since or started_at <= old_since)
      returning id into ended;
    end if;
  end if;
  if ended is not null then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    select 'session_ended', by.kind, case by.kind when 'account' then of_account end, of_account, ended,
      case by.kind when 'account' then from_address end, in_request, jsonb_build_object('reason', reason, 'successor', new_id, 'device', on_device)
    from (values (case reason when 'moved' then 'account' else 'system' end)) as by (kind);
  end if;

  insert into session (id, account_id, token_hash, visit_hash, address, device)
  values (new_id, of_account, new_token_hash, of_visit_hash, from_address, on_device)
  on conflict (instance_id, account_id) where ended_at is null do nothing
  returning id into session_id;
  outcome := case when session_id is null then 'already_logged_in' else 'started' end;
  if session_id is not null then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('login', 'account', of_account, of_account, session_id, from_address, in_request, jsonb_build_object('device', on_device));
  end if;
end $$;

-- The end of the usual login: the account is locked, still enabled, has still the credentials that were proven and no dates and no
-- hours to keep, no session is in the way and a seat is free. Then its session starts, and true. Anything else: false, and no session
-- is started or ended.
create function log_in_at_once(
  in_instance uuid, proven_account uuid, proven_version integer, by_username_hash bytea, by_device_hash bytea, most_persons integer,
  new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns boolean language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform from account where id = proven_account and enabled and credential_version = proven_version
    and valid_from is null and valid_until is null and login_hours is null for no key update;
  if not found then
    return false;
  end if;
  if (start_session(proven_account, new_token_hash, of_visit_hash, from_address, on_device, in_request, null, true,
    lease_seconds, idle_minutes, longest_minutes)).outcome <> 'started' then
    return false;
  end if;
  update account set last_login_at = now() where id = proven_account;
  if not forgive_attempts(by_username_hash, by_device_hash, proven_account) then
    perform remember_browser(by_device_hash, proven_account, most_persons);
  end if;
  return true;
end $$;

-- For nodes of the last version: as it was, but what it starts is counted.
create or replace function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text
) returns uuid language plpgsql as $$
declare
  started uuid;
begin
  perform pg_advisory_xact_lock_shared(seats_lock());
  update seat_count set at_most = at_most + 1;
  insert into session (account_id, token_hash, visit_hash, address, device)
  values (of_account, new_token_hash, of_visit_hash, from_address, on_device)
  on conflict (instance_id, account_id) where ended_at is null do nothing
  returning id into started;
  if started is not null then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('login', 'account', of_account, of_account, started, from_address, in_request, jsonb_build_object('device', on_device));
  end if;
  return started;
end $$;
