-- Owned by server/outward/forward-auth.
-- Which modules stand behind these hosts, and who holds the tickets that came along: `place` says whose host and ticket it is; a host at
-- which no module answers has no row. A ticket is worth something at the host that it was made for, while its session lives, and no
-- longer: every check reads the session itself. Being used is a sign of life of the session, written at most every ten seconds.
-- Each is looked up by its key, one plan made once, as in recognise_sessions.
create or replace function check_tickets(
  in_instance uuid, at_hosts text[], by_token_hashes bytea[], are_actions boolean[],
  lease_seconds integer, idle_minutes integer, longest_minutes integer
) returns table (
  place integer, module_id uuid, client_id text, address text, session_id uuid, may_use boolean,
  username text, full_name text, email text, profile text, team text
) language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  silent timestamptz := silent_since(lease_seconds);
  idle timestamptz := now() - make_interval(mins => idle_minutes);
  old timestamptz := now() - make_interval(mins => longest_minutes);
  is_action boolean;
  is_due boolean;
  due uuid[];
  active uuid[];
begin
  perform set_config('gatehouse.instance_id', in_instance::text, true);
  for place, is_action, module_id, client_id, address, session_id, may_use, username, full_name, email, profile, team, is_due in
    select asked.place, asked.is_action, m.id, m.client_id, m.address, own.session_id, coalesce(own.may_use, false),
      own.username, own.full_name, own.email, own.profile, own.team, own.is_due
    from unnest(at_hosts, by_token_hashes, are_actions) with ordinality as asked (host, token_hash, is_action, place)
    cross join lateral (select * from module one where one.instance_id = in_instance and one.host = asked.host limit 1) as m
    left join lateral (
      select s.id as session_id, may_use_module((select one from module one where one.instance_id = in_instance and one.id = m.id), a) as may_use,
        a.username, a.full_name, a.email, p.name as profile, t.name as team,
        is_carry_due(s, asked.is_action, lease_seconds) as is_due
      from module_ticket k
      join session s on s.instance_id = in_instance and s.id = k.session_id
      join account a on a.instance_id = in_instance and a.id = s.account_id
      join profile p on p.instance_id = in_instance and p.id = a.profile_id
      left join team t on t.instance_id = in_instance and t.id = a.team_id
      where k.instance_id = in_instance and k.token_hash = asked.token_hash and k.module_id = m.id
        and a.enabled and session_lives(s, now(), silent, idle, old)
      limit 1) as own on true
  loop
    if may_use and is_due then
      if not check_tickets.session_id = any (coalesce(due, '{}')) then due := due || check_tickets.session_id; end if;
      if is_action then active := active || check_tickets.session_id; end if;
    end if;
    return next;
  end loop;
  if due is not null then
    -- A sign of life need not survive a power cut.
    perform set_config('synchronous_commit', 'off', true);
    perform show_signs_of_life(in_instance, due, active, lease_seconds);
  end if;
end $$;
