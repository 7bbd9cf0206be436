-- Nodes of the last version survive this: no. Stop those of 0.1.0 before: docs/operating.md, "Upgrade".

-- A login that waits for a step is a sign-in: it keeps what its person has shown, so that the next step need not be told.
-- The steps and their names are in server/sign-in/steps.ts; a step that a feature brings needs no change here.
alter table pending_login rename to sign_in;
alter table sign_in rename constraint pending_login_pkey to sign_in_pkey;
alter table sign_in rename constraint pending_login_instance_id_token_hash_key to sign_in_instance_id_token_hash_key;
alter index pending_login_by_account rename to sign_in_by_account;
alter table sign_in
  drop constraint pending_login_step_check,
  add column proofs jsonb not null default '[]',
  -- The live session in which its person proves again who they are; null for whoever logs in.
  add column renews_session_id uuid;
alter table sign_in no force row level security;
update sign_in set
  step = case step when 'choose_password' then 'own_password' else 'other_session' end,
  proofs = jsonb_build_array(jsonb_build_object(
    'kind', case reason when 'initial' then 'initial_password' else 'password' end, 'at', to_json(created_at)));
alter table sign_in force row level security;
alter table sign_in
  drop column reason,
  alter column proofs drop default;

-- Which steps of a sign-in may be open for an account, by their names. The usual login is one statement and asks only that there are
-- none: whatever can stop a login fills this, and lets the login look closer.
alter table account add column open_steps text[] not null default '{}';
alter table account no force row level security;
update account set open_steps = '{account_window}' where valid_from is not null or valid_until is not null or login_hours is not null;
alter table account force row level security;
-- Its text is in sql/routines/, like that of every function; a trigger needs one that exists.
create function open_account_window() returns trigger language plpgsql as 'begin return new; end';
create trigger account_window_opens before insert or update of valid_from, valid_until, login_hours, open_steps on account for each row
  execute function open_account_window();
-- Should the trigger ever be lost, dates and hours are refused rather than passed by.
alter table account add constraint account_window_is_open check (
  (valid_from is not null or valid_until is not null or login_hours is not null) = ('account_window' = any (open_steps)));

-- When, and by what, the person of a session has proven who they are. Sources: OpenID Connect Core 1.0, 2 (auth_time); RFC 8176 (amr).
alter table session
  add column auth_time timestamptz,
  add column amr text[] not null default '{pwd}';
alter table session no force row level security;
update session set auth_time = started_at;
alter table session force row level security;
alter table session alter column auth_time set not null, alter column auth_time set default now();
