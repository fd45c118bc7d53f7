-- Every card that was shown, and what was done with it. No word of a chart: the rule, not the patient's facts.
create table cds_card (
  uuid text primary key,
  shown_at timestamptz not null,
  service text not null,
  rule text not null,
  indicator text not null,
  site text not null,
  suggestions json not null
);
create index cds_card_rule on cds_card (rule, shown_at);

create table cds_feedback (
  seq bigint generated always as identity primary key,
  card text not null,
  rule text not null,
  outcome text not null check (outcome in ('accepted', 'overridden')),
  accepted json not null,
  reason_code text,
  comment text,
  outcome_at timestamptz not null,
  received_at timestamptz not null,
  received_from text not null,
  unique (card, outcome, outcome_at)
);
create index cds_feedback_rule on cds_feedback (rule, seq);
