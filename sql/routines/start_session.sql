-- Owned by server/sessions.
-- Starts an account's session and records its login. outcome: 'started'; 'already_logged_in', when another one lives; 'no_seat'.
-- The account is locked, and this is the last of a login's checks, whatever path leads here. The unique index decides between two.
-- A session of the account gives way when it has outlived itself, when this same browser started it, or when it is the one that the
-- person chose to move (`moves`). The latter two hand their seat on, so nobody can take it in between.
-- `at_once`: whatever is in the way is left to a closer look.
-- `authenticated_at`, `by_methods`: when and by what its person has proven who they are. `closes`: when its account's dates or hours end.
create or replace function start_session(
  of_account uuid, new_token_hash bytea, of_visit_hash bytea, from_address inet, on_device text, in_request text,
  moves uuid, at_once boolean, lease_seconds integer, idle_minutes integer, longest_minutes integer,
  authenticated_at timestamptz, by_methods text[], closes timestamptz,
  out outcome text, out session_id uuid
) language plpgsql as $$
declare
  at timestamptz := clock_timestamp();
  new_id uuid := gen_random_uuid();
  other session;
  run_out text;
  reason text;
  silent timestamptz := silent_since(lease_seconds);
  idle timestamptz := at - make_interval(mins => idle_minutes);
  old timestamptz := at - make_interval(mins => longest_minutes);
  by_person boolean;
  seat_is_handed_on boolean := false;
begin
  select * into other from session where account_id = of_account and ended_at is null;
  if found then
    run_out := run_out_reason(other, at, silent, idle, old);
    reason := case
      when run_out <> 'no_sign_of_life' then run_out
      when other.visit_hash = of_visit_hash then 'logged_in_again'
      when run_out is not null then run_out
      when other.id = moves then 'moved' end;
    if reason is null or at_once then
      outcome := 'already_logged_in';
      return;
    end if;
    if run_out is null then
      -- Nobody has ended it since, and it has not gone silent.
      perform from session s where id = other.id and session_lives(s, at, silent, idle, old) for no key update;
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
      at := clock_timestamp();
      perform from session s where id = other.id and ended_at is null and (
        visit_hash = of_visit_hash or run_out_reason(s, at, silent, idle, old) is not null) for no key update;
      if not found then
        reason := null;
      end if;
    end if;
  end if;
  if reason is not null then
    by_person := reason = 'moved';
    perform end_sessions(array[other.id], array[reason], case when by_person then 'account' else 'system' end,
      case when by_person then of_account end, case when by_person then from_address end, in_request,
      jsonb_build_object('successor', new_id, 'device', on_device));
  end if;

  insert into session (id, account_id, token_hash, visit_hash, address, device, auth_time, amr, closes_at)
  values (new_id, of_account, new_token_hash, of_visit_hash, from_address, on_device, authenticated_at, by_methods, closes)
  on conflict (instance_id, account_id) where ended_at is null do nothing
  returning id into session_id;
  outcome := case when session_id is null then 'already_logged_in' else 'started' end;
  if session_id is not null then
    insert into audit_event (event, actor_kind, actor_account_id, account_id, session_id, address, request_id, detail)
    values ('login', 'account', of_account, of_account, session_id, from_address, in_request, jsonb_build_object('device', on_device));
  end if;
end $$;
