-- Who broke the glass, for whom, why and until when. Never changed: a grant ends by its time.
create table break_glass (
  seq bigint generated always as identity primary key,
  who text not null,
  role text not null,
  site text not null,
  patient text not null,
  reason text not null,
  granted_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > granted_at)
);
create index break_glass_standing on break_glass (who, patient, ends_at);
create trigger break_glass_only_grows before update or delete on break_glass for each row execute function only_grows();
revoke update, delete, truncate on break_glass from public;

-- What a privacy officer said of a broken glass.
create table break_glass_review (
  break_glass bigint primary key,
  reviewed_at timestamptz not null,
  reviewed_by text not null,
  finding text not null check (finding in ('justified', 'not-justified', 'asked')),
  note text not null
);

-- Every read, write and refusal, as FHIR AuditEvent. Written with what it tells of, in the same transaction, or before the answer leaves.
create table audit_event (
  seq bigint generated always as identity primary key,
  recorded_at timestamptz not null,
  who text not null,
  patient text,
  body text not null
);
create index audit_event_who on audit_event (who, seq);
create index audit_event_patient on audit_event (patient, seq);
create trigger audit_event_only_grows before update or delete on audit_event for each row execute function only_grows();
create trigger audit_event_not_emptied before truncate on audit_event for each statement execute function only_grows();
revoke update, delete, truncate on audit_event from public;

-- The chain: each event a link that holds the hash of the one before. A separate table, so that writers do not wait for one another; a sealer adds links every second.
create table audit_link (
  place bigint primary key,
  event bigint not null unique,
  hash text not null
);
create trigger audit_link_only_grows before update or delete on audit_link for each row execute function only_grows();
create trigger audit_link_not_emptied before truncate on audit_link for each statement execute function only_grows();
revoke update, delete, truncate on audit_link from public;
