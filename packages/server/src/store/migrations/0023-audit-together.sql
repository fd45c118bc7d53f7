-- Patients whose records were seen together, in one page of a list or a search: one event, found by each of them. Null: an event of one patient, or of none.
alter table audit_event add column patients text[];
create index audit_event_patients on audit_event using gin (patients) where patients is not null;
