-- Starts an account's session and records its login. outcome: 'started'; 'already_logged_in', when another one lives; 'no_seat'.
-- The account is locked, and this is the last of a login's checks, whatever path leads here. The unique index decides between two.
-- A session of the account gives way when it has outlived itself, when this same browser started it, or when it is the one that the
-- person chose to move (`moves`). The latter two hand their seat on, so nobody can take it in between.
-- `at_once`: whatever is in the way is left to a closer look.
-- `authenticated_at`, `by_methods`: when and by what its person has proven who they are.
create or replace function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  moves uuid, at_once boolean, lease_seconds integer, idle_minutes integer, longest_minutes integer,
  authenticated_at timestamptz, by_methods text[],
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

  insert into session (id, account_id, token_hash, visit_hash, address, device, auth_time, amr)
  values (new_id, of_account, new_token_hash, of_visit_hash, from_address, on_device, authenticated_at, by_methods)
  on conflict (instance_id, account_id) where ended_at is null do nothing
  returning id into session_id;
  outcome := case when session_id is null then 'already_logged_in' else 'started' end;
  if session_id is not null then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('login', 'account', of_account, of_account, session_id, from_address, in_request, jsonb_build_object('device', on_device));
  end if;
end $$;
