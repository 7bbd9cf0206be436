-- Nodes of the last version survive this: there are none.

-- Every table that belongs to instances shows only the rows of the transaction's instance, to its owner too.
do $$
declare
  each text;
begin
  foreach each in array array[
    'profile', 'team', 'account', 'team_supervisor', 'password', 'login_attempt', 'known_device', 'address_attempt',
    'pending_login', 'session', 'audit_event'
  ] loop
    execute format('alter table %I enable row level security', each);
    execute format('alter table %I force row level security', each);
    execute format('create policy own on %I using (instance_id = current_instance_id()) with check (instance_id = current_instance_id())', each);
    -- A new row belongs to the transaction's instance, without a word from the application.
    execute format('alter table %I alter column instance_id set default current_instance_id()', each);
    execute format('grant select, insert on %I to gatehouse_server, gatehouse_operator', each);
    -- What happened can be added to and read, and nothing else.
    if each <> 'audit_event' then
      execute format('grant update, delete on %I to gatehouse_server, gatehouse_operator', each);
    end if;
  end loop;
end $$;
