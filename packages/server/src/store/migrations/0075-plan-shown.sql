-- Derived: what of the knowledge each newest plan shows, so that "whom does this rule concern" is a query. Filled again with every plan.
create table plan_shown (
  patient text primary key,
  shown text[] not null
);
create index plan_shown_keys on plan_shown using gin (shown);
