-- Ids of the alerts that the option which stands first waits for. Rows of the form before have none until they are made again.
alter table workspace_patient add column first_waits_for text[] not null default '{}';
