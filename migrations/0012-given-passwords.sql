-- Nodes of the last version survive this: yes. Until they are gone, they take a given password for a lasting one.

-- A password that somebody chose for the person, as imports bring them: hashed like a lasting one, since it may be weak, and good
-- only for choosing another until this moment.
alter table password add column must_change_by timestamptz check (must_change_by is null or hash is not null);
