-- Owned by server/platform.
-- What the list of accounts searches in: one text of username, name and address, as people type when they look: without accents.
create or replace function searchable(text text) returns text language sql immutable parallel safe
  return translate(lower(text), 'áàâãäåéèêëíìîïóòôõöúùûüçñýÿ', 'aaaaaaeeeeiiiiooooouuuucnyy');
