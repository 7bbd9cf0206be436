-- Nodes of the last version survive this: yes.
-- What every login and every request needs, in one round trip each. A function that takes `in_instance` sets the instance by itself.
-- The rules' numbers come from the stores, which is where they are named.

-- The sessions of many cookies of one instance: `place` says whose cookie it is; a cookie that is no live session has no row.
-- Every clock is the database's. A sign of life is written at most every ten seconds, and need not survive a power cut.
create function recognise_sessions(
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
      case when asked.is_action then s.last_active_at else s.last_seen_at end < now() - interval '10 seconds'
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
    update session s set last_seen_at = now(), last_active_at = case when s.id = any (active) then now() else s.last_active_at end
    where s.id in (select free.id from session free where free.id = any (stale) and free.ended_at is null for no key update skip locked);
  end if;
end $$;

-- Until when an account waits after so many wrong passwords in a row; null while it need not.
create function attempt_wait(failures integer, free_failures integer, first_seconds integer, longest_seconds integer)
returns timestamptz language sql volatile
return case when failures > free_failures
  then clock_timestamp() + make_interval(secs => least(longest_seconds, first_seconds * power(2, least(20, failures - free_failures - 1))))
end;

-- Finds what a login is checked against and counts the attempt, before anything is checked. The same work for every username.
-- outcome: 'taken'; 'waits', for an account that has to wait; 'again', when it may be let through once others of the same username,
-- which are being checked at this moment, turn out to be right; 'address_waits', which is not counted.
-- Parallel guesses queue on the row, and each sees what the one before has written. Source: NIST SP 800-63B-4, 3.2.2.
create function take_attempt(
  in_instance uuid, by_username_key text, by_username_hash bytea, by_device_hash bytea, from_address text, is_last boolean,
  free_failures integer, first_seconds integer, longest_seconds integer, most_failures integer, in_flight_seconds integer,
  most_wrong integer, window_minutes integer,
  out outcome text, out address_wait_seconds integer, out account_id uuid, out enabled boolean, out credential_version integer,
  out hash text, out initial_hash bytea, out initial_expired boolean, out knows_device boolean
) language plpgsql as $$
declare
  admitted boolean := true;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  -- Before anybody is answered comes a durable transaction, which makes this one durable too.
  perform set_config('synchronous_commit', 'off', true);

  select a.id, a.enabled, a.credential_version, p.hash, p.initial_hash,
    coalesce(p.initial_expires_at <= now(), false), d.account_id is not null,
    ceil(extract(epoch from t.window_started_at + make_interval(mins => window_minutes) - now()))::integer
  into account_id, enabled, credential_version, hash, initial_hash, initial_expired, knows_device, address_wait_seconds
  from (select) as one
  left join account a on a.username_key = by_username_key
  left join password p on p.account_id = a.id
  left join known_device d on d.account_id = a.id and d.device_hash = by_device_hash
  left join address_attempt t on t.address = from_address and t.wrong >= most_wrong
    and t.window_started_at = date_bin(make_interval(mins => window_minutes), now(), timestamptz '2000-01-01');

  if address_wait_seconds > 0 and not knows_device then
    outcome := 'address_waits';
    return;
  end if;

  if knows_device then
    -- Strangers' guesses do not make this browser wait: it has its own waits. The account's hundred count for it too.
    update known_device d set failures = d.failures + 1,
      wait_until = attempt_wait(d.failures + 1, free_failures, first_seconds, longest_seconds)
    where d.account_id = take_attempt.account_id and d.device_hash = by_device_hash
      and (d.wait_until is null or d.wait_until <= clock_timestamp());
    admitted := found;
  end if;
  if admitted then
    insert into login_attempt as known (username_hash, account_id, failures, in_flight)
    values (by_username_hash, take_attempt.account_id, 1, 1)
    on conflict on constraint login_attempt_pkey do update set
      account_id = excluded.account_id,
      failures = known.failures + 1,
      in_flight = 1 + case when known.last_at > clock_timestamp() - make_interval(secs => in_flight_seconds) then known.in_flight else 0 end,
      wait_until = case when knows_device then known.wait_until
        else attempt_wait(known.failures + 1, free_failures, first_seconds, longest_seconds) end,
      last_at = clock_timestamp()
    where known.failures < most_failures
      and (knows_device or known.wait_until is null or known.wait_until <= clock_timestamp());
    admitted := found;
  end if;

  outcome := case
    when admitted then 'taken'
    when not is_last and exists (
      select from login_attempt known
      where known.username_hash = by_username_hash and known.in_flight > 0 and known.failures < most_failures
        and known.last_at > clock_timestamp() - make_interval(secs => in_flight_seconds)
    ) then 'again'
    else 'waits' end;
end $$;

-- Starts the count anew after a right password; only what else is in flight still counts.
-- From a known browser the waits of others stay: their guesses were not this person's. Says whether the browser is known.
create function forgive_attempts(by_username_hash bytea, by_device_hash bytea, of_account uuid)
returns boolean language plpgsql as $$
declare
  knows_device boolean;
begin
  update known_device set failures = 0, wait_until = null, last_login_at = now()
  where account_id = of_account and device_hash = by_device_hash;
  knows_device := found;
  update login_attempt set failures = greatest(in_flight - 1, 0), in_flight = greatest(in_flight - 1, 0),
    wait_until = case when knows_device then wait_until end
  where username_hash = by_username_hash;
  return knows_device;
end $$;

-- Lets a browser be known to a person from now on; the person of longest ago is forgotten when it knows too many.
create function remember_browser(by_device_hash bytea, of_account uuid, most_persons integer) returns void language plpgsql as $$
begin
  insert into known_device (device_hash, account_id) values (by_device_hash, of_account)
  on conflict on constraint known_device_pkey do update set last_login_at = now();
  delete from known_device where device_hash = by_device_hash and account_id in (
    select account_id from known_device where device_hash = by_device_hash order by last_login_at desc offset most_persons);
end $$;

-- Starts an account's session and records its login; null, and nothing written, when the account has one. The unique index decides.
create function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text
) returns uuid language plpgsql as $$
declare
  started uuid;
begin
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

-- The end of the usual login: the account is locked, still enabled, has still the credentials that were proven and no dates and no
-- hours to keep, and no session is in the way. Then its session starts, and true. Anything else: false, and nothing is written.
create function log_in_at_once(
  in_instance uuid, proven_account uuid, proven_version integer, by_username_hash bytea, by_device_hash bytea, most_persons integer,
  new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text
) returns boolean language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  perform from account where id = proven_account and enabled and credential_version = proven_version
    and valid_from is null and valid_until is null and login_hours is null for no key update;
  if not found or start_session(proven_account, new_token_hash, of_visit_hash, from_address, on_device, in_request) is null then
    return false;
  end if;
  update account set last_login_at = now() where id = proven_account;
  if not forgive_attempts(by_username_hash, by_device_hash, proven_account) then
    perform remember_browser(by_device_hash, proven_account, most_persons);
  end if;
  return true;
end $$;

-- Ends the session that asks for it, and records it. Twice is no error: the second time there is nothing to do.
create function log_out(
  in_instance uuid, of_session uuid, of_account uuid, from_address inet, on_device text, in_request text
) returns void language plpgsql as $$
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  update session set ended_at = now(), end_reason = 'logged_out' where id = of_session and ended_at is null;
  if found then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('session_ended', 'account', of_account, of_account, of_session, from_address, in_request,
      jsonb_build_object('reason', 'logged_out', 'device', on_device));
  end if;
end $$;
