-- What presses is found without a look at everybody: those of a site with an emergency, an urgent alert, a missed appointment, an order that is out.
create index workspace_patient_emergency on workspace_patient (site, patient) where emergencies > 0;
create index workspace_patient_urgent on workspace_patient (site, patient) where urgent_alerts > 0;
create index workspace_patient_missed on workspace_patient (site, patient) where missed_appointment_on is not null;
create index workspace_patient_expected on workspace_patient (expected_on) where expected_on is not null;
-- How many are registered at a site.
create index resource_current_patients on resource_current (site, id) where type = 'Patient' and not is_deleted;
-- The open changes of plans, without the plans.
create index plan_change_narrow on plan_change (patient, seq) include (priority, snoozed_until) where handled_at is null;
drop index plan_change_standing;
