-- Nodes of the last version survive this: yes, they only read it.

-- The language and the time zone of an instance are chosen in its console too; its name, its address and its seats stay the operator's.
grant update (language, time_zone) on instance to gatehouse_server;
create policy own_settings on instance for update to gatehouse_server
  using (id = current_instance_id()) with check (id = current_instance_id());
