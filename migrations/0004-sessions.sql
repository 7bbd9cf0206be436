-- Nodes of the last version survive this: there are none.

create table session (
  instance_id uuid not null references instance (id),
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  -- SHA-256 of the cookie's 256 random bits: reading the database does not give a session.
  token_hash bytea not null,
  started_at timestamptz not null default now(),
  -- The last sign of life, and the last thing that a person did.
  last_seen_at timestamptz not null default now(),
  last_active_at timestamptz not null default now(),
  ended_at timestamptz,
  end_reason text,
  -- SHA-256 of the browser's visit: the same browser may begin anew, when the answer to its login got lost.
  visit_hash bytea,
  address inet not null,
  -- Such as "Chrome on Windows".
  device text not null,
  primary key (instance_id, id),
  unique (instance_id, token_hash),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check ((ended_at is null) = (end_reason is null))
);
-- One live session per account: the index, not application code, keeps it exclusive.
create unique index session_one_live_per_account on session (instance_id, account_id) where ended_at is null;
create index session_by_account on session (instance_id, account_id, started_at desc);

-- The session of a cookie, with what every request needs to know of its account, in one round trip; no row when it is not live.
-- Every clock is the database's. A sign of life is written at most every ten seconds, and need not survive a power cut.
create function recognise_session(
  in_instance uuid, by_token_hash bytea, is_action boolean, idle_minutes integer, longest_minutes integer
) returns table (
  id uuid, account_id uuid, started_at timestamptz, address inet, device text,
  username text, full_name text, language text, time_zone text, profile_name text, permissions text[]
) language plpgsql as $$
declare
  stale boolean;
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  select s.id, s.account_id, s.started_at, s.address, s.device,
    a.username, a.full_name, a.language, coalesce(a.time_zone, i.time_zone), p.name, p.permissions,
    case when is_action then s.last_active_at else s.last_seen_at end < now() - interval '10 seconds'
  into recognise_session.id, recognise_session.account_id, recognise_session.started_at, recognise_session.address, recognise_session.device,
    recognise_session.username, recognise_session.full_name, recognise_session.language, recognise_session.time_zone,
    recognise_session.profile_name, recognise_session.permissions, stale
  from session s
  join account a on a.instance_id = s.instance_id and a.id = s.account_id
  join profile p on p.instance_id = a.instance_id and p.id = a.profile_id
  join instance i on i.id = s.instance_id
  where s.token_hash = by_token_hash and s.ended_at is null and a.enabled
    and s.last_active_at > now() - make_interval(mins => idle_minutes)
    and s.started_at > now() - make_interval(mins => longest_minutes);
  if not found then
    return;
  end if;
  if stale then
    perform set_config('synchronous_commit', 'off', true);
    update session s set last_seen_at = now(), last_active_at = case when is_action then now() else s.last_active_at end
    where s.id = recognise_session.id and s.ended_at is null;
    if not found then
      return;
    end if;
  end if;
  return next;
end $$;
