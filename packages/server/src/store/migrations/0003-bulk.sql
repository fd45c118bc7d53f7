-- Bulk export: what was asked and where its files begin. The files themselves are never stored: versions do not change, so they are read as of `settled_at`.
create table export_job (
  id text primary key,
  who text not null,
  site text not null,
  asked json not null,
  url text not null,
  settled_at timestamptz not null,
  started_at timestamptz not null,
  -- whoever counts holds it until then; past it another process takes over
  leased_until timestamptz not null,
  files json
);

-- Bulk import: how far each file was read. Written with the resources, so that a restart goes on after the last that is kept.
create table import_progress (
  source text primary key,
  line bigint not null,
  kept bigint not null,
  refused bigint not null,
  is_done boolean not null,
  updated_at timestamptz not null
);

-- Derived: patients whose case is to be worked out again (after a bulk import). They have no snapshot meanwhile.
create table case_due (chart text primary key);
