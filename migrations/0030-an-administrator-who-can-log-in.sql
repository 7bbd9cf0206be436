-- Nodes of the last version survive this: yes. They are refused what nodes of this version are refused.

-- What takes an Administrator away is more than being disabled, demoted or removed: dates and hours keep them out too.
drop trigger keep_an_administrator_enabled on account;
create trigger keep_an_administrator_enabled after update on account for each row
  when (old.enabled and (not new.enabled or new.profile_id <> old.profile_id or new.valid_from is distinct from old.valid_from
    or new.valid_until is distinct from old.valid_until or new.login_hours is distinct from old.login_hours))
  execute function keep_an_administrator();
