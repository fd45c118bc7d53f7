-- Why a change of a plan was handled as it was (a code), what was added in words, and until when it sleeps.
alter table plan_change add column if not exists handled_reason text;
alter table plan_change add column if not exists handled_comment text;
alter table plan_change add column if not exists snoozed_until date;
alter table plan_change add column if not exists snoozed_at timestamptz;
alter table plan_change add column if not exists snoozed_by text;
create index plan_change_release on plan_change (knowledge_digest, priority, seq) where cause = 'release';

-- What a site says of a release as a whole. A line is never changed: the newest of a site holds.
create table release_review (
  seq bigint generated always as identity primary key,
  knowledge_digest text not null,
  site text not null,
  at timestamptz not null,
  by text not null,
  handled_as text not null check (handled_as in ('approved', 'snoozed', 'dismissed', 'to-board')),
  reason text not null,
  comment text,
  until date
);
create index release_review_release on release_review (knowledge_digest, seq desc);
