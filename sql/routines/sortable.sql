-- Owned by server/platform.
-- What names are ordered by, byte by byte (collate "C"): first as they are looked for, so that Ábel stands before Zoë, with ñ as a letter of
-- its own after n; then by accents. Our own and not a collation of the operating system's or ICU's, which differs from one machine to the
-- next and would leave the indexes wrong. Cut, as an index takes 2,700 bytes. account.sort_name and account_by_username keep what it makes:
-- another text of this function needs a migration. Sources: UTS #10, 1.1 and 1.3; CLDR, collation of es.
create or replace function sortable(text text) returns text language sql immutable parallel safe
  return left(translate(replace(replace(replace(replace(
      lower(regexp_replace(regexp_replace(normalize(text, NFKD), '([nN])\u0303', '\1~', 'g'),
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u064b-\u065f\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g')),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
      'łøđðħŧıς‘’‛ʼ‐‑‒–—−',
      'loddhtiσ''''''''------'), 100)
    || chr(1) || left(lower(normalize(text, NFKD)), 100);
