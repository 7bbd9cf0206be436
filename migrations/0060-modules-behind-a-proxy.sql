-- Nodes of the last version survive this: yes, but what of a module's sessions is asked of them keeps no session alive.

-- A module that knows no protocol: a proxy stands before it and asks here who sends each request. docs/modules.md, "Behind the proxy"
alter table module drop constraint module_kind_check;
alter table module add constraint module_kind_check check (kind in ('web', 'page', 'program', 'device', 'machine', 'proxy'));
-- The host, with its port where it is not the usual one, at which such a module answers: by this alone it is told from others.
alter table module add column host text
  generated always as (case when kind = 'proxy' then lower(substring(address from '^https?://([^/]+)')) end) stored;
create unique index module_one_host on module (instance_id, host);

-- Somebody on the way into such a module: from its host to the instance's, and back with a code.
create table forward_sign_in (
  instance_id uuid not null default current_instance_id() references instance (id),
  intent_hash bytea not null,
  module_id uuid not null,
  -- Of the browser that began it, which alone may end it.
  nonce_hash bytea not null,
  -- Where on the module's host it leads in the end.
  wanted text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  session_id uuid,
  code_hash bytea,
  code_expires_at timestamptz,
  used_at timestamptz,
  primary key (instance_id, intent_hash),
  unique (instance_id, code_hash),
  foreign key (instance_id, module_id) references module (instance_id, id) on delete cascade,
  foreign key (instance_id, session_id) references session (instance_id, id) on delete cascade
);
create index forward_sign_in_by_browser on forward_sign_in (instance_id, module_id, nonce_hash);
create index forward_sign_in_by_session on forward_sign_in (instance_id, session_id) where session_id is not null;
create index forward_sign_in_by_expiry on forward_sign_in (instance_id, expires_at);

-- What the module's own host keeps in a cookie: worth something there alone, and as long as the session lives.
create table module_ticket (
  instance_id uuid not null default current_instance_id() references instance (id),
  token_hash bytea not null,
  session_id uuid not null,
  module_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (instance_id, token_hash),
  foreign key (instance_id, session_id, module_id) references module_session (instance_id, session_id, module_id) on delete cascade
);
create index module_ticket_by_session on module_ticket (instance_id, session_id, module_id);

do $$
declare
  each text;
begin
  foreach each in array array['forward_sign_in', 'module_ticket'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;

-- Until when a session goes on although no page of its own is open, because it is used at a module.
-- docs/decisions/0022-working-in-a-module-is-a-sign-of-life.md
alter table session add column carried_until timestamptz;
