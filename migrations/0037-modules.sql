-- Nodes of the last version survive this: yes, but a session that ends there is told to no module until a node of this version ends or tidies.

-- A module: a program that lets people in because they are logged in here. docs/modules.md
create table module (
  instance_id uuid not null default current_instance_id() references instance (id),
  id uuid not null default gen_random_uuid(),
  -- What it is called in the protocol; never that of a person, and never changed.
  client_id text not null,
  name text not null,
  kind text not null check (kind in ('web', 'page', 'program', 'device', 'machine')),
  enabled boolean not null default true,
  -- Where people open it; null where there is nothing to open.
  address text,
  -- Whether it is among the tiles at home.
  on_home boolean not null default true,
  redirect_addresses text[] not null default '{}',
  after_logout_addresses text[] not null default '{}',
  -- Where it is told that a session has ended.
  logout_address text,
  signing text not null default 'ES256' check (signing in ('ES256', 'RS256')),
  -- Whether it may do without PKCE, as programs do that are older than it.
  without_pkce boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (instance_id, id),
  unique (instance_id, client_id)
);
create unique index module_one_name on module (instance_id, lower(normalize(name, nfkc)));

-- Who may use it: whoever has one of these profiles, or is in one of these teams. At first nobody.
create table module_profile (
  instance_id uuid not null default current_instance_id() references instance (id),
  module_id uuid not null,
  profile_id uuid not null,
  primary key (instance_id, module_id, profile_id),
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade,
  foreign key (instance_id, profile_id) references profile (instance_id, id) on delete cascade
);
create index module_profile_by_profile on module_profile (instance_id, profile_id);
create table module_team (
  instance_id uuid not null default current_instance_id() references instance (id),
  module_id uuid not null,
  team_id uuid not null,
  primary key (instance_id, module_id, team_id),
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade,
  foreign key (instance_id, team_id) references team (instance_id, id) on delete cascade
);
create index module_team_by_team on module_team (instance_id, team_id);

-- What a module proves with that it is itself. Two are valid while one is exchanged for the other.
create table module_secret (
  instance_id uuid not null default current_instance_id() references instance (id),
  id uuid not null default gen_random_uuid(),
  module_id uuid not null,
  secret_hash bytea not null,
  -- By which people tell one from the other: how it begins.
  hint text not null,
  created_at timestamptz not null default now(),
  primary key (instance_id, id),
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade
);
create index module_secret_by_module on module_secret (instance_id, module_id);

-- That a session has been used at a module: who is told of its end.
create table module_session (
  instance_id uuid not null default current_instance_id() references instance (id),
  session_id uuid not null,
  module_id uuid not null,
  started_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (instance_id, session_id, module_id),
  foreign key (instance_id, session_id) references session (instance_id, id) on delete cascade,
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade
);
create index module_session_by_module on module_session (instance_id, module_id);

-- What the tokens of a session at a module hang on: taken back, all of them are gone. The next time there is another one.
create table module_grant (
  instance_id uuid not null default current_instance_id() references instance (id),
  id text not null,
  session_id uuid not null,
  module_id uuid not null,
  primary key (instance_id, id),
  unique (instance_id, session_id, module_id),
  foreign key (instance_id, session_id, module_id) references module_session (instance_id, session_id, module_id) on delete cascade
);

-- What OpenID Connect hands out and remembers: codes, tokens, requests that are under way. By their hashes; what they hold is sealed.
create table openid_item (
  instance_id uuid not null default current_instance_id() references instance (id),
  model text not null,
  id_hash bytea not null,
  payload bytea not null,
  -- Of the session that it dies with; null for what belongs to a machine, or to nobody yet.
  session_id uuid,
  -- What is revoked is gone, and what is saved after that finds nothing to hang on.
  grant_id text,
  user_code_hash bytea,
  consumed_at timestamptz,
  expires_at timestamptz not null,
  primary key (instance_id, model, id_hash),
  unique (instance_id, user_code_hash),
  foreign key (instance_id, session_id) references session (instance_id, id) on delete cascade,
  foreign key (instance_id, grant_id) references module_grant (instance_id, id) on delete cascade,
  check (grant_id is null or session_id is not null)
);
create index openid_item_by_expiry on openid_item (instance_id, expires_at);
create index openid_item_by_session on openid_item (instance_id, session_id) where session_id is not null;
create index openid_item_by_grant on openid_item (instance_id, grant_id) where grant_id is not null;

-- The keys that sign what modules are told. Sealed with the secret key, so that the database alone signs nothing.
create table signing_key (
  instance_id uuid not null default current_instance_id() references instance (id),
  kid text not null,
  algorithm text not null check (algorithm in ('ES256', 'RS256')),
  sealed bytea not null,
  created_at timestamptz not null default now(),
  -- Published before: whoever keeps the keys for an hour has it by then.
  signs_from timestamptz not null,
  primary key (instance_id, kid)
);
create unique index signing_key_one_first on signing_key (instance_id, algorithm, signs_from);

-- That a module is to be told of the end of a session. Written in the transaction that ends it.
create table logout_delivery (
  instance_id uuid not null default current_instance_id() references instance (id),
  id uuid not null default gen_random_uuid(),
  module_id uuid not null,
  account_id uuid not null,
  session_id uuid not null,
  reason text not null,
  ended_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'refused', 'given_up')),
  tries integer not null default 0,
  next_at timestamptz not null default now(),
  done_at timestamptz,
  -- What the module said at the last try, or why it could not be asked: an HTTP status, or a word.
  answer text,
  primary key (instance_id, id),
  unique (instance_id, session_id, module_id),
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade
);
create index logout_delivery_waiting on logout_delivery (instance_id, next_at) where state = 'waiting';
create index logout_delivery_by_module on logout_delivery (instance_id, module_id, ended_at desc);

do $$
declare
  each text;
begin
  foreach each in array array[
    'module', 'module_profile', 'module_team', 'module_secret', 'module_session', 'module_grant', 'openid_item', 'signing_key', 'logout_delivery'
  ] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;

-- Their texts are in sql/routines/.
create function queue_logouts() returns trigger language plpgsql as 'begin return null; end';
create trigger session_end_is_told after update of ended_at on session for each row
  when (old.ended_at is null and new.ended_at is not null) execute function queue_logouts();

alter table profile no force row level security;
update profile set permissions = permissions || array['modules.view', 'modules.manage'] where built_in and name = 'Administrator';
alter table profile force row level security;
