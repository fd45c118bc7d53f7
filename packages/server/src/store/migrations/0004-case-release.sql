-- With which release of the knowledge the case snapshots are worked out, and how many are still to come: a chart without a snapshot is due, never unknown.
alter table derived_state add column release text;

create view case_state as
  select s.release, s.fingerprint, s.rebuilt_at as begun_at, (select count(*) from case_due) as due
  from derived_state s where s.name = 'case-snapshot';
