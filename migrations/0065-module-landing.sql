-- Nodes of the last version survive this: yes, they know no modules.

-- Where people with a profile land after the login, when they were going nowhere else: one module at most.
alter table module_profile add column lands boolean not null default false;
create unique index module_profile_one_landing on module_profile (instance_id, profile_id) where lands;
