-- Owned by server/platform.
-- What a word that somebody types is looked for by, with `like` in what is searchable: anywhere, and every character as itself.
create or replace function search_pattern(word text) returns text language sql immutable parallel safe
  return '%' || regexp_replace(searchable(word), '([\\%_])', '\\\1', 'g') || '%';
