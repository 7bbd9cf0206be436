-- Owned by server/outward/modules.
-- Whether a person may use a module: the one text of it.
create or replace function may_use_module(of_module module, of_account account) returns boolean language sql stable as $$
  select of_module.enabled and of_account.enabled and (
    exists (select from module_profile p where p.instance_id = of_module.instance_id and p.module_id = of_module.id and p.profile_id = of_account.profile_id)
    or exists (select from module_team t where t.instance_id = of_module.instance_id and t.module_id = of_module.id and t.team_id = of_account.team_id))
$$;
