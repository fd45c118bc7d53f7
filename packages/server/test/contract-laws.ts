import { isKnown, type PlanDocument } from '@secondwind/core'

const URGENCIES = ['emergency', 'urgent', 'soon']
const SERVICES = ['counselling', 'nutrition', 'pain-management', 'palliative-care', 'rehabilitation', 'support-group']

/**
 * What any plan document promises its readers and its JSON Schema cannot say, or says only of one place: facts that name where they come from, order, and
 * nothing empty. Broken promises in words; none when all hold.
 */
export function contractLaws(doc: PlanDocument): readonly string[] {
  const broken: string[] = []
  const need = (holds: boolean, fault: string): void => {
    if (!holds) broken.push(fault)
  }
  for (const [id, fact] of Object.entries(doc.case.facts))
    if (isKnown(fact))
      need(
        fact.sources.length > 0 || fact.absence === 'listed' || fact.enteredByHand === true,
        `${id} is known and names nothing that it was read from`,
      )
  doc.alerts.forEach((alert, i) => {
    const above = doc.alerts[i - 1]
    need(above === undefined || URGENCIES.indexOf(above.urgency) <= URGENCIES.indexOf(alert.urgency), `${alert.id} stands too low`)
    need(alert.actions.length > 0, `${alert.id} says nothing to do`)
  })
  for (const option of doc.options) {
    need(option.drugs.join() === [...option.drugs].sort().join(), `the drugs of ${option.id} are out of order`)
    need(
      option.drugs.length > 0 || option.technique !== undefined || option.procedure !== undefined,
      `${option.id} names no drug, technique or procedure`,
    )
    need(option.approaches.length > 0, `${option.id} belongs to no approach`)
    need(option.standing !== 'needs-data' || (option.needs ?? []).length > 0, `${option.id} needs data and does not say which`)
    for (const { drug, doseMg, derivation } of option.regimen?.components ?? [])
      need(doseMg === undefined || (derivation ?? []).length > 0, `${option.id}: the dose of ${drug} is not derived`)
  }
  need(new Set(doc.options.map(({ id }) => id)).size === doc.options.length, 'an option stands twice')
  for (const { treatment, reason } of doc.notAdvised) need(treatment !== '' && reason !== '', `not advised without a reason: ${treatment}`)
  for (const { id, title } of doc.tests) need(title !== '', `the test ${id} has no title`)
  for (const { service, actions } of doc.support) need(actions.length > 0, `the service ${service} has nothing to do`)
  if (doc.status === 'proposed') {
    need(
      doc.support.some(({ service }) => SERVICES.includes(service)),
      'none of the six services',
    )
    need(doc.options.length > 0 || doc.problems.length > 0, 'no option, and no word why')
  }
  need(doc.outlook !== null || doc.problems.length > 0, 'no outlook, and no word why')
  return broken
}
