-- Derived: the newest plan of each patient, so that a worklist is a query. Can be emptied at any time; the jobs fill it again.
create table plan_state (
  patient text primary key,
  site text not null,
  revision bigint not null,
  as_of date not null,
  knowledge_version text not null,
  knowledge_digest text not null,
  planned_at timestamptz not null,
  document_digest text not null,
  document bytea not null,        -- the plan document, gzip
  status text not null,
  story text not null,
  first_option text,
  first_title text,
  first_standing text,
  emergencies integer not null,
  urgent_alerts integer not null,
  tests_before_treatment integer not null,
  alerts json not null,
  tests json not null
);
create index plan_state_pressing on plan_state (emergencies desc, urgent_alerts desc, patient);
create index plan_state_release on plan_state (knowledge_digest);

-- What changed for whom, and by what: new data, a new release of the knowledge, or the calendar alone.
create table plan_change (
  seq bigint generated always as identity primary key,
  patient text not null,
  site text not null,
  at timestamptz not null,
  revision bigint not null,
  knowledge_digest text not null,
  cause text not null check (cause in ('first', 'data', 'release', 'calendar')),
  priority integer not null check (priority between 1 and 3),
  changes json not null,
  handled_at timestamptz,
  handled_by text,
  handled_as text
);
create index plan_change_open on plan_change (priority, seq) where handled_at is null;
create index plan_change_patient on plan_change (patient, seq);
