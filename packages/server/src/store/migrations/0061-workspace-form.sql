-- In which form a row was made: when what a row holds comes out differently, rows of another form are made again from the plan that stands.
alter table workspace_patient add column form integer not null default 0;
