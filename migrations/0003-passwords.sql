-- Nodes of the last version survive this: there are none.

-- What an account proves itself with: a lasting password, or an initial one, or neither.
create table password (
  instance_id uuid not null references instance (id),
  account_id uuid not null,
  -- Argon2id in the PHC string format, its parameters inside.
  hash text,
  changed_at timestamptz,
  -- HMAC-SHA-256 under a key that the database does not hold.
  initial_hash bytea,
  initial_expires_at timestamptz,
  primary key (instance_id, account_id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade,
  check (hash is null or initial_hash is null),
  check ((initial_hash is null) = (initial_expires_at is null))
);

-- Wrong passwords in a row, by username and not by account: a name that nobody has costs the same work and answers alike.
create table login_attempt (
  instance_id uuid not null references instance (id),
  -- HMAC-SHA-256: what people type by mistake may be their password.
  username_hash bytea not null,
  -- Null while no account has this username.
  account_id uuid,
  -- Each attempt counts as wrong from before it is checked until it is found right.
  failures integer not null,
  -- How many of them are being checked at this moment.
  in_flight integer not null default 0,
  wait_until timestamptz,
  last_at timestamptz not null default now(),
  primary key (instance_id, username_hash)
);

-- A browser in which a person has logged in before: strangers' guesses do not make it wait. It has its own count.
create table known_device (
  instance_id uuid not null references instance (id),
  device_hash bytea not null,
  account_id uuid not null,
  last_login_at timestamptz not null default now(),
  failures integer not null default 0,
  wait_until timestamptz,
  primary key (instance_id, device_hash, account_id),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);
create index known_device_by_account on known_device (instance_id, account_id);

-- Wrong passwords from one address (IPv6: one /64) in one window of ten minutes. Right ones never count.
create table address_attempt (
  instance_id uuid not null references instance (id),
  address text not null,
  window_started_at timestamptz not null,
  wrong integer not null,
  primary key (instance_id, address, window_started_at)
);

-- A login that is proven but not finished: the person has still to choose a password. It opens that one step and nothing else.
create table pending_login (
  instance_id uuid not null references instance (id),
  id uuid not null default gen_random_uuid(),
  token_hash bytea not null,
  account_id uuid not null,
  step text not null check (step in ('choose_password')),
  reason text not null check (reason in ('initial', 'expired')),
  credential_version integer not null,
  return_to text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (instance_id, id),
  unique (instance_id, token_hash),
  foreign key (instance_id, account_id) references account (instance_id, id) on delete cascade
);
create index pending_login_by_account on pending_login (instance_id, account_id);
