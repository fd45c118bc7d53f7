import type { ReadContext } from '../context.ts'
import { gatheredOf } from '../gathered.ts'
import { noteImmunosuppression, reportText } from '../graded.ts'
import { nameOf } from '../shapes.ts'
import { says } from '../treatment/phrases.ts'
import type { MedicineWords } from './dose.ts'
import type { OwnMedicine } from './index.ts'
import type { ReadSteroids } from './steroids.ts'

/**
 * What immunosuppressants say of the illness behind them.
 *
 * The reason on the medicine names a transplant or an autoimmune disease that no list may hold. An autoimmune disease on an immunosuppressant, or on 10 mg
 * of prednisone a day and more that is not taken for something else, is active. An immunosuppressant without any illness that explains it leaves
 * transplant and autoimmune disease open: silence is not "no" there.
 */
export function readImmunosuppression(
  context: ReadContext,
  words: MedicineWords,
  medicines: readonly OwnMedicine[],
  steroids: ReadSteroids | undefined,
): void {
  const taken = medicines.filter(({ classes, texts }) => classes?.includes('immunosuppressant') && !says(texts, words.localRoutes))
  for (const medicine of [...taken, ...(steroids?.medicines ?? [])]) {
    for (const event of medicine.events)
      for (const reason of event.reasons)
        reportText(
          context,
          reason,
          { resource: event.resource, path: 'reason', words: reason },
          (finding) => finding.adds?.['organ-transplant'] !== undefined || finding.kind?.includes('autoimmune') === true,
        )
  }
  const mayBeForIt =
    steroids?.reason === 'autoimmune' ||
    (steroids?.reason === undefined && steroids?.medicines.every(({ drug }) => drug === undefined || !words.oedemaSteroids.includes(drug)))
  const isHigh = mayBeForIt === true && steroids?.mg !== undefined && steroids.mg >= words.activePrednisoneMg
  const treated = [...taken, ...(isHigh ? steroids.medicines : [])]
  let isExplained = gatheredOf(context, 'organ-transplant').size > 0
  for (const medicine of treated) {
    const evidence = { resource: medicine.events.at(-1)!.resource, path: 'medication', words: medicine.name }
    if (noteImmunosuppression(context, evidence)) isExplained = true
  }
  if (isExplained || taken.length === 0 || taken.some(({ texts }) => says(texts, words.immunosuppressionOtherwise))) return
  const last = taken.at(-1)!.events.at(-1)!.resource
  const open = {
    unknown: 'not-recorded' as const,
    words: taken.map(({ name }) => name).join(' | '),
    source: context.source(last),
    weight: -1,
  }
  for (const fact of ['organ-transplant', 'autoimmune-disease', 'autoimmune-active']) context.read(fact, open)
  context.issue({
    code: 'missing-input',
    severity: 'warning',
    path: nameOf(taken[0]!.events[0]!.resource),
    message: `${taken.map(({ name }) => name).join(', ')} suppresses the immune system, but no transplant or autoimmune disease is on record: neither counts as absent`,
    remedy: 'record what it is taken for: a checkpoint inhibitor can cost the graft or wake the disease',
  })
}
