-- Nodes of the last version survive this: there are none.

create table profile (
  instance_id uuid not null references instance (id),
  id uuid not null default gen_random_uuid(),
  name text not null,
  built_in boolean not null default false,
  permissions text[] not null,
  primary key (instance_id, id),
  unique (instance_id, name)
);

create table team (
  instance_id uuid not null references instance (id),
  id uuid not null default gen_random_uuid(),
  name text not null,
  primary key (instance_id, id),
  unique (instance_id, name)
);

create table account (
  instance_id uuid not null references instance (id),
  id uuid not null default gen_random_uuid(),
  -- As it was typed, and never changed.
  username text not null,
  -- What usernames are compared by; see server/accounts/username.ts.
  username_key text not null,
  full_name text not null,
  email text,
  phone text,
  profile_id uuid not null,
  team_id uuid,
  language text,
  time_zone text,
  enabled boolean not null default true,
  disabled_reason text,
  -- Whole days in the person's time zone, the last one included.
  valid_from date,
  valid_until date,
  -- {"mon": [["08:00", "17:30"]], …} in the person's time zone; a day that is missing has no hours; null means always.
  login_hours jsonb,
  -- Grows with every change of the credentials, so that what was proven with older ones proves nothing any more.
  credential_version integer not null default 1,
  last_login_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (instance_id, id),
  unique (instance_id, username_key),
  foreign key (instance_id, profile_id) references profile (instance_id, id),
  foreign key (instance_id, team_id) references team (instance_id, id)
);

create table team_supervisor (
  instance_id uuid not null references instance (id),
  team_id uuid not null,
  account_id uuid not null,
  primary key (instance_id, team_id, account_id),
  foreign key (instance_id, team_id) references team (instance_id, id) on delete cascade,
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);
