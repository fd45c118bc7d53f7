-- Emergencies that are proven, not only suspected: they stand first. Rows of the form before have none until they are made again.
alter table workspace_patient add column proven_emergencies integer not null default 0;
