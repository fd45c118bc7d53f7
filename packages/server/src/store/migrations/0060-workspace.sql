-- Derived: one narrow row a registered patient, so that a list over a whole network is one look over it. What a row holds comes from the newest plan and
-- the chart; made again with each plan, and can be emptied at any time.
create table workspace_patient (
  patient text primary key,
  site text not null,
  organization text,                 -- who manages the patient's record: 'Organization/…'
  revision bigint not null,
  status text not null check (status in ('proposed', 'refused', 'unplanned')),
  reason text,                       -- code of the problem that keeps it from being planned
  is_closed boolean not null,        -- has died
  sort_name text not null,
  identity_words text not null,      -- folded name and record numbers: searched only for those who may see who it is
  labels text not null,              -- security labels that set the Patient resource apart; '' where there are none
  clinical_words text not null,      -- folded story, stage, drivers, alerts and first option
  stage text,
  markers text[] not null,
  services text[] not null,          -- support services that the plan asks for
  local_sites text[] not null,       -- where a sound or open radiation option aims
  emergencies integer not null,
  urgent_alerts integer not null,
  is_continuing boolean not null,    -- the plan says to go on with what is given
  is_waiting_for_test boolean not null,
  has_interaction boolean not null,
  has_dose_question boolean not null,
  has_surgery_option boolean not null,
  waiting_since date,                -- the oldest order that is not back
  expected_on date,                  -- the earliest day by which an open order should have been back, where that is known
  missed_appointment_on date,        -- the earliest appointment whose day has passed while it still stands as booked
  next_appointment_on date,
  decided_at timestamptz,            -- the newest decision
  weighty_at timestamptz             -- the newest change of the plan that asks for a decision
);
create index workspace_patient_site on workspace_patient (site);
create index workspace_patient_apart on workspace_patient (labels) where labels <> '';

-- Derived: orders of a chart with what came back of them.
create table workspace_order (
  patient text not null,
  order_id text not null,
  key text not null,                 -- the code, or the folded words where there is none
  title text not null,
  authored_on date,
  due_on date,                       -- said by the order itself
  reported_on date,
  is_open boolean not null,
  primary key (patient, order_id)
);
create index workspace_order_key on workspace_order (key) where reported_on is not null;
create index workspace_order_open on workspace_order (patient) where is_open;

-- Derived: how long orders of one kind took to come back, in this network.
create table workspace_clock (
  key text primary key,
  orders integer not null,
  median_days integer not null,
  ninetieth_days integer not null,
  counted_at timestamptz not null
);

-- Derived: what the overview of the network counts of a patient: the facts that quality measures ask, and the days of the way to treatment.
create table network_case (
  patient text primary key,
  site text not null,
  organization text,
  as_of date not null,
  is_closed boolean not null,
  tissue_on date,                    -- first specimen taken
  facts json not null
);

-- A decision, and a change of the plan that asks for one, are known to the row from whatever part of the program they come.
create function workspace_decided() returns trigger language plpgsql as $$
begin
  update workspace_patient set decided_at = new.recorded_at where patient = new.patient;
  return null;
end $$;
create trigger decision_journal_workspace after insert on decision_journal for each row execute function workspace_decided();
create function workspace_changed() returns trigger language plpgsql as $$
begin
  update workspace_patient set weighty_at = new.at where patient = new.patient and new.priority <= 2;
  return null;
end $$;
create trigger plan_change_workspace after insert on plan_change for each row execute function workspace_changed();

-- A change can be put off until a day; why it was handled as it was is coded, and may be said in words.
alter table plan_change add column if not exists handled_reason text;
alter table plan_change add column if not exists handled_comment text;
alter table plan_change add column if not exists snoozed_until date;
alter table plan_change add column if not exists snoozed_at timestamptz;
alter table plan_change add column if not exists snoozed_by text;
create index plan_change_standing on plan_change (patient) where handled_at is null;
