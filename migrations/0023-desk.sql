-- Nodes of the last version survive this: yes.

-- Permissions that are new with this version, in the built-in profiles of every instance.
-- For these statements the owner sees every instance's rows.
alter table profile no force row level security;
update profile set permissions = permissions || array['accounts.unlock', 'accounts.extend'] where built_in and name = 'Administrator';
update profile set permissions = permissions || array['accounts.unlock'] where built_in and name = 'Supervisor';
alter table profile force row level security;
