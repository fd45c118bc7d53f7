-- What the embedded provider remembers of sign-ins: sessions, grants, codes, refresh tokens, launches. Kept until it ends, shared by every process on
-- this database. `id` is a digest of the token: who reads the table can use none.
create table provider_state (
  model text not null,
  id text not null,
  grant_id text,
  uid text,
  payload jsonb not null,
  ends_at timestamptz,
  primary key (model, id)
);
create index provider_state_grant on provider_state (grant_id) where grant_id is not null;
create index provider_state_uid on provider_state (model, uid) where uid is not null;
create index provider_state_ends on provider_state (ends_at);

-- The keys with which it signs tokens and cookies: made by the first process that starts, the same in all. Taken out, they are made anew at the next start.
create table provider_key (
  name text primary key,
  made_at timestamptz not null default now(),
  body jsonb not null
);
