-- Nodes of the last version survive this: yes.

-- Two permissions are new with this version. Whoever may do more already gets the part of it that they are: a new password ends the
-- waits too, and who changes accounts changes their dates. So nobody may do more than before, the built-in profiles get what they
-- should have, and whoever could act on an account still can.
-- For these statements the owner sees every instance's rows.
alter table profile no force row level security;
update profile set permissions = permissions || array['accounts.unlock']
where 'accounts.new-password' = any (permissions) and not 'accounts.unlock' = any (permissions);
update profile set permissions = permissions || array['accounts.extend']
where 'accounts.update' = any (permissions) and not 'accounts.extend' = any (permissions);
alter table profile force row level security;
