-- Nodes of the last version survive this: yes. They open no channels, and what they ask of the functions is answered by the new rules.
-- docs/decisions/0013-a-channel-that-is-confirmed.md

alter table session
  -- The live channel of the session: the one that was opened last, on whatever node; null when there is none.
  add column channel_id uuid,
  -- When the session lapses because its channel was lost; null as long as only the lease counts. Any sign of life takes it away.
  add column lapses_at timestamptz;

-- A sign of life writes the row anew, often, and finds room for it where it lies.
alter table session set (fillfactor = 70);

-- Opens channels: each takes the place of the one before, whose loss means nothing from here on. No row when the session has ended.
-- Answers for how long nobody did anything, and how old the session is, in seconds.
-- Without `wait`, a session that somebody holds has no row either: one does not hold up the others.
create function open_channels(in_instance uuid, of_sessions uuid[], new_channels uuid[], wait boolean)
returns table (session_id uuid, idle_seconds double precision, age_seconds double precision) language plpgsql as $$
declare
  own session;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  -- A sign of life need not survive a power cut.
  perform set_config('synchronous_commit', 'off', true);
  for place in 1..cardinality(of_sessions) loop
    if wait then
      select * into own from session s where s.instance_id = in_instance and s.id = of_sessions[place] for no key update;
    else
      select * into own from session s where s.instance_id = in_instance and s.id = of_sessions[place] for no key update skip locked;
    end if;
    continue when not found or own.ended_at is not null;
    update session s set channel_id = new_channels[place], last_seen_at = now(), lapses_at = null
    where s.instance_id = in_instance and s.id = own.id;
    session_id := own.id;
    idle_seconds := extract(epoch from now() - own.last_active_at);
    age_seconds := extract(epoch from now() - own.started_at);
    return next;
  end loop;
end $$;

-- Channels that were lost: each session lapses so many seconds from now, unless a newer channel was opened meanwhile; whichever of
-- the two is written first.
create function lose_channels(in_instance uuid, of_sessions uuid[], lost_channels uuid[], seconds integer[])
returns void language plpgsql as $$
declare
  lost record;
  own session;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform set_config('synchronous_commit', 'off', true);
  -- In one order on all nodes, so that no two wait for each other.
  for lost in select * from unnest(of_sessions, lost_channels, seconds) as each (session_id, channel_id, after) order by session_id loop
    select * into own from session s where s.instance_id = in_instance and s.id = lost.session_id for no key update;
    continue when not found or own.ended_at is not null or own.channel_id is distinct from lost.channel_id;
    update session s set channel_id = null, lapses_at = now() + make_interval(secs => lost.after)
    where s.instance_id = in_instance and s.id = lost.session_id;
  end loop;
end $$;

-- Renews the leases of channels of a node, of whatever instances, and says how their sessions stand: no row for one that is gone.
-- Who is idle for too long or too old is for the rules to say, and is not made younger here.
create function renew_channels(of_instances uuid[], of_sessions uuid[], by_channels uuid[])
returns table (session_id uuid, channel_id uuid, lives boolean, idle_seconds double precision, age_seconds double precision)
language plpgsql as $$
declare
  one uuid;
  own record;
begin
  perform set_config('synchronous_commit', 'off', true);
  for place in 1..cardinality(of_sessions) loop
    if of_instances[place] is distinct from one then
      one := of_instances[place];
      perform set_config('gatehouse.instance_id', one::text, true);
    end if;
    select s.*, a.enabled into own from session s join account a on a.instance_id = s.instance_id and a.id = s.account_id
    where s.instance_id = one and s.id = of_sessions[place] for no key update of s skip locked;
    if not found then
      -- What somebody holds at this moment is being changed; its lease is renewed the next time.
      select s.*, a.enabled into own from session s join account a on a.instance_id = s.instance_id and a.id = s.account_id
      where s.instance_id = one and s.id = of_sessions[place];
      continue when not found;
    elsif own.ended_at is null and own.channel_id = by_channels[place] then
      update session s set last_seen_at = now(), lapses_at = null where s.instance_id = one and s.id = own.id;
    end if;
    session_id := own.id;
    channel_id := own.channel_id;
    lives := own.ended_at is null and own.enabled;
    idle_seconds := extract(epoch from now() - own.last_active_at);
    age_seconds := extract(epoch from now() - own.started_at);
    return next;
  end loop;
end $$;

-- As in 0007; and a session whose channel was lost is won back by whatever it asks for.
create or replace function recognise_sessions(
  in_instance uuid, by_token_hashes bytea[], are_actions boolean[], idle_minutes integer, longest_minutes integer
) returns table (
  place integer, id uuid, account_id uuid, started_at timestamptz, address inet, device text,
  username text, full_name text, language text, time_zone text, profile_name text, permissions text[]
) language plpgsql as $$
declare
  is_action boolean;
  is_stale boolean;
  stale uuid[];
  active uuid[];
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  for place, is_action, id, account_id, started_at, address, device,
    username, full_name, language, time_zone, profile_name, permissions, is_stale in
    select asked.place, asked.is_action, s.id, s.account_id, s.started_at, s.address, s.device,
      a.username, a.full_name, a.language, coalesce(a.time_zone, i.time_zone), p.name, p.permissions,
      case when asked.is_action then s.last_active_at else s.last_seen_at end < now() - interval '10 seconds' or s.lapses_at is not null
    from unnest(by_token_hashes, are_actions) with ordinality as asked (token_hash, is_action, place)
    join session s on s.token_hash = asked.token_hash
    join account a on a.instance_id = s.instance_id and a.id = s.account_id
    join profile p on p.instance_id = a.instance_id and p.id = a.profile_id
    join instance i on i.id = s.instance_id
    where s.ended_at is null and a.enabled
      and s.last_active_at > now() - make_interval(mins => idle_minutes)
      and s.started_at > now() - make_interval(mins => longest_minutes)
  loop
    if is_stale then
      stale := stale || recognise_sessions.id;
      if is_action then active := active || recognise_sessions.id; end if;
    end if;
    return next;
  end loop;
  if stale is not null then
    perform set_config('synchronous_commit', 'off', true);
    -- A row that somebody holds is being changed at this moment; the next request brings its sign of life. Nobody waits here, so one
    -- session never holds up the others, and two nodes never hold up each other.
    update session s set last_seen_at = now(), lapses_at = null,
      last_active_at = case when s.id = any (active) then now() else s.last_active_at end
    where s.id in (select free.id from session free where free.id = any (stale) and free.ended_at is null for no key update skip locked);
  end if;
end $$;

-- Whoever comes first finds few sessions, and would keep a plan for few while a whole floor arrives. So each session is looked up by its
-- key alone, which is the best plan for any number of them; and what else it must be is asked of the row.
alter policy own on session using (instance_id = (select current_instance_id()));
alter function open_channels set enable_seqscan = off;
alter function lose_channels set enable_seqscan = off;
alter function renew_channels set enable_seqscan = off;
alter function recognise_sessions set enable_seqscan = off;

-- The following are as in 0018, where they are explained; and a session whose channel was lost has outlived itself when its grace is over.
create or replace function lapsed_sessions(
  silent_since timestamptz, idle_since timestamptz, old_since timestamptz, how_many integer, except_for uuid, wait boolean
) returns uuid[] language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  usual_timeout text := current_setting('lock_timeout');
  locked uuid[];
begin
  if not wait then
    return array(
      select id from session
      where ended_at is null and (last_seen_at <= silent_since or lapses_at <= at or last_active_at <= idle_since or started_at <= old_since)
        and id is distinct from except_for
      order by last_seen_at limit how_many for no key update skip locked);
  end if;
  begin
    perform set_config('lock_timeout', '300ms', true);
    locked := array(
      select id from session
      where ended_at is null and (last_seen_at <= silent_since or lapses_at <= at or last_active_at <= idle_since or started_at <= old_since)
        and id is distinct from except_for
      order by last_seen_at limit how_many for no key update);
    perform set_config('lock_timeout', usual_timeout, true);
    return locked;
  exception when lock_not_available then
    return '{}';
  end;
end $$;

create or replace function take_seat(
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
      where ended_at is null and last_seen_at > silent_since and (lapses_at is null or lapses_at > at)
        and last_active_at > idle_since and started_at > old_since
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
      -- Others may be held by somebody, and whether they are being ended or show a sign of life is about to be decided.
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

create or replace function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  moves uuid, at_once boolean, lease_seconds integer, idle_minutes integer, longest_minutes integer,
  out outcome text, out session_id uuid
) language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  new_id uuid := gen_random_uuid();
  other session;
  reason text;
  has_lapsed boolean;
  silent_since timestamptz := at - make_interval(secs => lease_seconds);
  idle_since timestamptz := at - make_interval(mins => idle_minutes);
  old_since timestamptz := at - make_interval(mins => longest_minutes);
  ended uuid;
  seat_is_handed_on boolean := false;
begin
  select * into other from session where account_id = of_account and ended_at is null;
  if found then
    has_lapsed := other.last_seen_at <= silent_since or coalesce(other.lapses_at <= at, false)
      or other.last_active_at <= idle_since or other.started_at <= old_since;
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
      where id = other.id and ended_at is null and last_seen_at > silent_since and (lapses_at is null or lapses_at > at)
      returning id into ended;
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
        visit_hash = of_visit_hash or last_seen_at <= silent_since or lapses_at <= clock_timestamp()
        or last_active_at <= idle_since or started_at <= old_since)
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
