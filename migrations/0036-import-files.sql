-- Nodes of the last version survive this: yes.

-- What was found out about the file, and what somebody has decided about it.
alter table import
  -- The sheets that can be seen and hold something, and the one that was read; none of a text.
  add column sheets jsonb not null default '[]',
  add column sheet text,
  -- Of a text.
  add column encoding text,
  -- How a first and a last name in two columns become a full name.
  add column name_order text not null default 'first_last' check (name_order in ('first_last', 'last_first'));
