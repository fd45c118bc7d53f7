-- Meetings of the tumour boards. What changed and by whom stands in board_event, which only grows; these tables are where things stand now.
create table board_meeting (
  id text primary key,
  title text not null,
  starts_at timestamptz not null,
  minutes integer not null check (minutes between 5 and 600),
  -- between these two its members may read the charts on its agenda
  opens_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at and opens_at <= starts_at),
  site text not null,
  sites json not null,
  chair text not null,
  state text not null check (state in ('planned', 'closed')),
  version integer not null check (version > 0)
);
create index board_meeting_starts on board_meeting (starts_at);

create table board_member (
  meeting text not null,
  who text not null,
  name text not null,
  specialty text not null,
  since timestamptz not null,
  primary key (meeting, who)
);
create index board_member_who on board_member (who);

-- Conflicts of interest, as the members declare them: for one case, or ('') for all of a meeting.
create table board_interest (
  meeting text not null,
  who text not null,
  board_case text not null,
  text text not null,
  at timestamptz not null,
  primary key (meeting, who, board_case)
);

create table board_case (
  id text primary key,
  patient text not null,
  site text not null,
  question text not null,
  urgency text not null check (urgency in ('urgent', 'soon', 'routine')),
  asked_by text not null,
  asked_at timestamptz not null,
  state text not null check (state in ('waiting', 'on-agenda', 'decided', 'withdrawn')),
  meeting text,
  place integer,
  minutes integer not null check (minutes between 1 and 120),
  preparation json not null,       -- what is missing: who sees to it, by when
  version integer not null check (version > 0),
  check ((meeting is null) = (place is null))
);
create index board_case_meeting on board_case (meeting, place);
create index board_case_state on board_case (state, asked_at);
create index board_case_patient on board_case (patient);

-- What was decided and must now happen: open until somebody says that it was done, or why not. Each has exactly one owner.
create table board_task (
  id text primary key,
  patient text not null,
  site text not null,
  decision integer not null,       -- its number in the decision journal of the patient
  board_case text,
  meeting text,
  title text not null,
  owner text not null,
  owner_name text not null,
  due_on date not null,
  decided_by text not null,
  decided_at timestamptz not null,
  version integer not null check (version > 0),
  closed_at timestamptz,
  closed_by text,
  outcome text check (outcome in ('done', 'not-done', 'superseded')),
  reason text,
  note text,
  check ((closed_at is null) = (outcome is null)),
  unique (patient, decision)
);
create index board_task_open on board_task (owner, due_on) where closed_at is null;
create index board_task_case on board_task (board_case);

-- Every change, in its order, with what stood before: never changed itself.
create table board_event (
  seq bigint generated always as identity primary key,
  at timestamptz not null,
  who text not null,
  site text not null,
  kind text not null,
  meeting text,
  board_case text,
  patient text,
  body json not null
);
create index board_event_meeting on board_event (meeting, seq);
create index board_event_case on board_event (board_case, seq);
create trigger board_event_only_grows before update or delete on board_event for each row execute function only_grows();
create trigger board_event_not_emptied before truncate on board_event for each statement execute function only_grows();
revoke update, delete, truncate on board_event from public;

-- Who looks at a meeting now, and at what: derived from signs of life, may be emptied at any time.
create table board_presence (
  meeting text not null,
  who text not null,
  name text not null,
  viewing text not null,
  seen_at timestamptz not null,
  primary key (meeting, who)
);
