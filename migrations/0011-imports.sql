-- Nodes of the last version survive this: yes.

-- One file of accounts, from its upload to its undoing. The file itself is not kept: its rows are.
create table import (
  instance_id uuid not null default current_instance_id() references instance (id),
  id uuid not null default gen_random_uuid(),
  -- Who sent it, and who started it. No foreign keys: what happened outlives the account.
  created_by uuid not null,
  run_by uuid,
  file_name text not null,
  -- reading: its rows are still arriving. mapping: somebody has to say which column is what. checking: the dry run is under way.
  state text not null default 'reading' check (state in ('reading', 'mapping', 'checking', 'checked', 'running', 'done', 'failed', 'undone')),
  on_existing text not null default 'skip' check (on_existing in ('skip', 'update', 'refuse')),
  -- The row that names the columns; null where the file has none.
  header_row integer,
  -- For each column the field that it holds, or null for one that is left out.
  mapping jsonb not null default '[]',
  -- What the accounts stand for, as long as the import is under way: of two dry runs the later one counts, and of two nodes one works.
  worker uuid,
  heartbeat_at timestamptz,
  fail_reason text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  undone_at timestamptz,
  primary key (instance_id, id)
);
create index import_by_time on import (instance_id, created_at desc);
create index import_running on import (heartbeat_at) where state = 'running';

create table import_row (
  instance_id uuid not null default current_instance_id() references instance (id),
  import_id uuid not null,
  -- As people see it in their spreadsheet, from 1.
  row_number integer not null,
  -- The cells as they came, sealed with a key that the database does not hold: one of them may be a password. Gone once the row is done.
  cells bytea,
  -- What the row says of an account; null where it cannot be one.
  fields jsonb,
  -- What the dry run found, and what became of it.
  verdict text check (verdict in ('create', 'change', 'skip', 'refused')),
  problems jsonb not null default '[]',
  outcome text check (outcome in ('created', 'changed', 'skipped', 'refused')),
  account_id uuid,
  -- For a change, what each field was and what it became, so that it can be undone.
  changes jsonb,
  primary key (instance_id, import_id, row_number),
  foreign key (instance_id, import_id) references import (instance_id, id) on delete cascade
);
create index import_row_pending on import_row (instance_id, import_id, row_number) where outcome is null and verdict in ('create', 'change');

do $$
declare
  each text;
begin
  foreach each in array array['import', 'import_row'] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    execute format('grant select, insert, update, delete on %I to gatehouse_server, gatehouse_operator', each);
  end loop;
end $$;
-- A node looks for imports whose node has died, in every instance, in one statement.
create policy running on import for select to gatehouse_operator using (state = 'running');
