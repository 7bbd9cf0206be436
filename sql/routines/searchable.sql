-- Owned by server/platform.
-- A text as people type it when they look: in one form of Unicode, without case, accents and what cannot be seen, with plain letters for
-- those that keyboards lack. What is looked in and what is typed go through it alike. account.search_text keeps what it makes, so that
-- another text of this function needs a migration that makes the column anew.
create or replace function searchable(text text) returns text language sql immutable parallel safe
  return translate(replace(replace(replace(replace(lower(regexp_replace(normalize(text, NFKD),
    '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u064b-\u065f\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g')),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    'łøđðħŧıς‘’‛ʼ‐‑‒–—−',
    'loddhtiσ''''''''------');
