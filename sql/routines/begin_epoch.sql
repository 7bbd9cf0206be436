-- Owned by server/operator.
-- Voids what the next so many accounts hold that opens something: sessions, links, sign-ins that wait for their next step, initial
-- passwords and given ones. Lasting passwords stay. `last` is the last account of these, null when there was none.
-- The accounts are locked in the order of everybody else, and a login that is under way finds other credentials.
create or replace function begin_epoch(
  after uuid, how_many integer,
  out last uuid, out sessions integer, out links integer, out sign_ins integer, out initial_passwords integer
) language plpgsql as $$
declare
  these uuid[] := array(select id from account where after is null or id > after order by id limit how_many for update);
  whose_links uuid[];
  whose_sign_ins uuid[];
  whose_initial_passwords uuid[];
begin
  last := these[cardinality(these)];
  select count(ended) into sessions
  from (select array_agg(id) as ids from session where account_id = any (these) and ended_at is null) as live
  cross join end_sessions(live.ids, array_fill('epoch'::text, array[coalesce(cardinality(live.ids), 0)]), 'operator', null, null, null, '{}') as ended;
  select v.links, v.accounts into links, whose_links from void_recovery_links(these, 'epoch') as v;
  select v.sign_ins, v.accounts into sign_ins, whose_sign_ins from void_sign_ins(these) as v;
  whose_initial_passwords := void_initial_passwords(these, 'operator', 'epoch');
  initial_passwords := cardinality(whose_initial_passwords);
  perform renew_credentials(whose_links || whose_sign_ins || whose_initial_passwords);
end $$;
