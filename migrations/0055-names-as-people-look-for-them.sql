-- Nodes of the last version survive this: yes. They sort by what has no index any more, and so more slowly.

-- What accounts are searched in and sorted by is made anew: by any form of Unicode, and as people order names.
create or replace function searchable(text text) returns text language sql immutable parallel safe
  return translate(replace(replace(replace(replace(lower(regexp_replace(normalize(text, NFKD),
    '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u064b-\u065f\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g')),
    'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    'łøđðħŧıς‘’‛ʼ‐‑‒–—−',
    'loddhtiσ''''''''------');

create or replace function sortable(text text) returns text language sql immutable parallel safe
  return left(translate(replace(replace(replace(replace(
      lower(regexp_replace(regexp_replace(normalize(text, NFKD), '([nN])\u0303', '\1~', 'g'),
        '[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u0591-\u05c7\u064b-\u065f\u0670\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]', '', 'g')),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
      'łøđðħŧıς‘’‛ʼ‐‑‒–—−',
      'loddhtiσ''''''''------'), 100)
    || chr(1) || left(lower(normalize(text, NFKD)), 100);

drop index account_by_name;
alter table account drop column search_text;
alter table account
  add column search_text text not null generated always as (searchable(username || ' ' || full_name || ' ' || coalesce(email, ''))) stored,
  add column sort_name text collate "C" not null generated always as (sortable(full_name)) stored;
create index account_by_name on account (instance_id, sort_name, id);
create index account_by_username on account (instance_id, (sortable(username) collate "C"), id);
