-- Nodes of the last version survive this: no. Stop those of 0.1.0 before: docs/operating.md, "Upgrade".

-- From here on the text of each database function stands in sql/routines/, and what is called like one of those but takes something
-- else is dropped when it is applied. This one has no text there: recognise_sessions took its place.
drop function recognise_session(uuid, bytea, boolean, integer, integer);
