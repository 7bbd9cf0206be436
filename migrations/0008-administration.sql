-- Nodes of the last version survive this: yes.

-- Permissions that are new with this version belong to the built-in Administrator of every instance.
-- For these two statements the owner sees every instance's rows.
alter table profile no force row level security;
update profile set permissions = permissions || array['accounts.all-teams', 'api.view'] where built_in and name = 'Administrator';
alter table profile force row level security;

-- Grows with every change, so that of two people who change the same account the second hears of the first.
alter table account add column version integer not null default 1;

-- What the list of accounts searches in: one text of username, name and address, as people type when they look: without accents.
create function searchable(text text) returns text language sql immutable parallel safe
  return translate(lower(text), 'áàâãäåéèêëíìîïóòôõöúùûüçñýÿ', 'aaaaaaeeeeiiiiooooouuuucnyy');
alter table account add column search_text text not null
  generated always as (searchable(username || ' ' || full_name || ' ' || coalesce(email, ''))) stored;
create index account_by_name on account (instance_id, lower(full_name), id);
-- Who the instance is, is asked once a statement and not once a row: a list looks at every account.
alter policy own on account using (instance_id = (select current_instance_id()));
alter policy own on password using (instance_id = (select current_instance_id()));
create index account_by_profile on account (instance_id, profile_id);
create index account_by_team on account (instance_id, team_id);
create index team_supervisor_by_account on team_supervisor (instance_id, account_id);

-- The people of an instance cannot take its last Administrator away: an enabled account with the built-in Administrator profile.
-- The operator can, who may have to stop a stolen account, and can open it again.
-- The profile's row is the lock that takes two of them who go at the same moment one after the other.
create function keep_an_administrator() returns trigger language plpgsql as $$
begin
  if current_user = 'gatehouse_operator' then
    return null;
  end if;
  -- The lock is taken only for those whom it is about.
  perform from profile where instance_id = old.instance_id and id = old.profile_id and built_in and name = 'Administrator' for no key update;
  if found and not exists (select from account where instance_id = old.instance_id and profile_id = old.profile_id and enabled)
  then
    raise exception 'the last administrator' using errcode = 'GH001';
  end if;
  return null;
end $$;
create trigger keep_an_administrator_enabled after update on account for each row
  when (old.enabled and (not new.enabled or new.profile_id <> old.profile_id)) execute function keep_an_administrator();
create trigger keep_an_administrator_there after delete on account for each row
  when (old.enabled) execute function keep_an_administrator();
