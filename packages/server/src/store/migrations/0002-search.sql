-- Derived: what resources can be found by. `param` is the number of a search parameter of a type (search_parameter).
create table search_parameter (param integer primary key, type text not null, name text not null, kind text not null);

create table ix_token (rid bigint not null, param integer not null, system text not null, code text not null);
create index ix_token_value on ix_token (param, code, system, rid);
create index ix_token_rid on ix_token (rid);

create table ix_reference (rid bigint not null, param integer not null, target_type text not null, target_id text not null);
create index ix_reference_value on ix_reference (param, target_id, target_type, rid);
create index ix_reference_target on ix_reference (target_id, target_type);
create index ix_reference_rid on ix_reference (rid);

create table ix_date (rid bigint not null, param integer not null, first timestamptz not null, last timestamptz not null);
create index ix_date_value on ix_date (param, first, last, rid);
create index ix_date_rid on ix_date (rid);

create table ix_string (rid bigint not null, param integer not null, folded text not null, exact text not null);
create index ix_string_value on ix_string (param, folded text_pattern_ops, rid);
create index ix_string_rid on ix_string (rid);

create table ix_quantity (rid bigint not null, param integer not null, low double precision not null, high double precision not null, system text not null, unit text not null);
create index ix_quantity_value on ix_quantity (param, low, high, rid);
create index ix_quantity_rid on ix_quantity (rid);

-- The answers of a search that is read in pages in an order that writes may change: what was found is kept, so that no page skips or repeats.
create table search_result (
  token text primary key,
  recorded_at timestamptz not null,
  who text not null,
  query text not null,
  found json not null
);
create index search_result_recorded on search_result (recorded_at);

-- Which derived tables stand as they should, and from what they were made.
create table derived_state (name text primary key, fingerprint text not null, rebuilt_at timestamptz not null);
