-- Who reaches a row hangs on the site of its patient: a record that moves to another site, or is deleted, takes its row along at once, before the plan is made again.
create function workspace_moved() returns trigger language plpgsql as $$
begin
  if new.is_deleted then
    delete from workspace_patient where patient = new.id;
  else
    update workspace_patient set site = new.site where patient = new.id;
  end if;
  return null;
end $$;
create trigger resource_current_workspace after update on resource_current for each row
  when (new.type = 'Patient' and (new.site <> old.site or new.is_deleted <> old.is_deleted)) execute function workspace_moved();
