-- Owned by server/authenticators/passwords.
-- Finds what a login is checked against and counts the attempt, before anything is checked. The same work for every username.
-- outcome: 'taken'; 'waits', for an account that has to wait; 'again', when it may be let through once others of the same username,
-- which are being checked at this moment, turn out to be right; 'address_waits', which is not counted.
-- `address_wait_seconds` is there as long as the address has used up its count. A browser that somebody has logged in with goes on then,
-- up to a count of its own, and only its own people get in; whatever is wrong is to be answered as the address is, and takes the same work
-- for every username, so that the browser does not tell who has used it.
-- Parallel guesses queue on the row, and each sees what the one before has written. Source: NIST SP 800-63B-4, 3.2.2.
-- A given password opens what an initial one opens: `initial_expired` is null where the password is a lasting one.
create or replace function take_attempt(
  in_instance uuid, by_username_key text, by_username_hash bytea, by_device_hash bytea, from_address text, is_last boolean,
  free_failures integer, first_seconds integer, longest_seconds integer, most_failures integer, in_flight_seconds integer,
  most_wrong integer, window_minutes integer,
  out outcome text, out address_wait_seconds integer, out account_id uuid, out enabled boolean, out credential_version integer,
  out hash text, out initial_hash bytea, out initial_expired boolean, out knows_device boolean, out taken_at timestamptz
) language plpgsql as $$
declare
  admitted boolean := true;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  -- Before anybody is answered comes a durable transaction, which makes this one durable too.
  perform set_config('synchronous_commit', 'off', true);

  select a.id, a.enabled, a.credential_version, p.hash, p.initial_hash,
    coalesce(p.initial_expires_at, p.must_change_by) <= now(), d.account_id is not null,
    ceil(extract(epoch from t.window_started_at + make_interval(mins => window_minutes) - now()))::integer
  into account_id, enabled, credential_version, hash, initial_hash, initial_expired, knows_device, address_wait_seconds
  from (select) as one
  left join account a on a.username_key = by_username_key
  left join password p on p.account_id = a.id
  left join known_device d on d.account_id = a.id and d.device_hash = by_device_hash
  left join address_attempt t on t.address = from_address and t.wrong >= most_wrong
    and t.window_started_at = date_bin(make_interval(mins => window_minutes), now(), timestamptz '2000-01-01');

  taken_at := clock_timestamp();
  if address_wait_seconds > 0 then
    if not exists (select from known_device where device_hash = by_device_hash) or exists (
      select from address_attempt t where t.address = 'browser ' || encode(by_device_hash, 'hex') and t.wrong >= most_wrong
        and t.window_started_at = date_bin(make_interval(mins => window_minutes), now(), timestamptz '2000-01-01')
    ) then
      outcome := 'address_waits';
      return;
    end if;
    if not knows_device then
      outcome := 'waits';
      return;
    end if;
  else
    address_wait_seconds := null;
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
    when not is_last and address_wait_seconds is null and exists (
      select from login_attempt known
      where known.username_hash = by_username_hash and known.in_flight > 0 and known.failures < most_failures
        and known.last_at > clock_timestamp() - make_interval(secs => in_flight_seconds)
    ) then 'again'
    else 'waits' end;
end $$;
