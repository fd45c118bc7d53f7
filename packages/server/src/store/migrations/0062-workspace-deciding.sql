-- Tests whose result could change what stands first in the plan, the most urgent first. Rows of the form before have none until they are made again.
alter table workspace_patient add column deciding_tests text[] not null default '{}';
