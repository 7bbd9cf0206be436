-- Nodes of the last version survive this: yes.

-- Grows with every change, so that of two people who change the same one the second hears of the first.
alter table profile add column version integer not null default 1;
alter table team add column version integer not null default 1;

-- Names that differ in case or in width only are the same name.
create unique index profile_one_name on profile (instance_id, lower(normalize(name, nfkc)));
create unique index team_one_name on team (instance_id, lower(normalize(name, nfkc)));
