-- Nodes of the last version survive this: yes.

-- Passkeys and security keys. Source: Web Authentication Level 3, 4 (credential record).
create table passkey (
  instance_id uuid not null references instance (id) default current_instance_id(),
  factor_id uuid not null,
  credential_id bytea not null check (length(credential_id) between 1 and 1023),
  -- COSE.
  public_key bytea not null,
  counter bigint not null default 0,
  transports text[] not null default '{}',
  -- The host name that it was made for.
  rp_id text not null,
  -- What the authenticator calls its own kind; nothing is decided by it.
  aaguid text not null default '',
  -- Whether it asked its person for a PIN or the like when it was made.
  verifies_user boolean not null default false,
  backed_up boolean not null default false,
  primary key (instance_id, factor_id),
  unique (instance_id, credential_id),
  foreign key (instance_id, factor_id) references factor (instance_id, id) on delete cascade
);

-- Challenges that were answered, so that none is answered twice; kept until they would be too old anyway.
create table used_challenge (
  instance_id uuid not null references instance (id) default current_instance_id(),
  hash bytea not null,
  used_at timestamptz not null default now(),
  primary key (instance_id, hash)
);

do $$
declare
  each text;
begin
  foreach each in array array['passkey', 'used_challenge'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = (select current_instance_id())) with check (instance_id = (select current_instance_id()))', each);
    execute format('grant select, insert, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;
-- A key stays the key that it was made as.
grant update (counter, backed_up) on passkey to gatehouse_server, gatehouse_operator;
-- Tidying holds a row before it takes it, which is a right of whoever may write it.
grant update (used_at) on used_challenge to gatehouse_server, gatehouse_operator;
