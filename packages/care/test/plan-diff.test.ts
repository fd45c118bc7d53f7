import { comparePlans, type PlanChange } from '@secondwind/care'
import type { Option, PlanDocument } from '@secondwind/core'
import { describe, expect, test } from 'vitest'

const because = { claim: 'fit and untreated', truth: 'true', facts: ['ecog'], children: [] } as const
const evidence = [{ source: 'trial-a', at: 'abstract', says: 'longer survival' }]

const option = (id: string, rank: number, more: Partial<Option> = {}): Option => ({
  id,
  title: `Title of ${id}`,
  approaches: ['targeted-therapy'],
  standing: 'recommended',
  standingBecause: 'it works',
  rank,
  drugs: [id],
  concurrent: [],
  cautions: [],
  because,
  needs: [],
  against: 'it is toxic',
  evidence,
  wouldChange: [],
  ...more,
})

const document = (more: Partial<PlanDocument> = {}): PlanDocument => ({
  schema: 'secondwind/plan/1',
  patient: 'Patient/1',
  asOf: '2026-11-23',
  knowledge: { version: '2026-11-23', digest: 'a' },
  inputs: { chartDigest: 'c', software: 'second-wind 0.1.0' },
  status: 'proposed',
  problems: [],
  case: { facts: { ecog: { value: 1, sources: [] } }, story: 'a patient' },
  alerts: [],
  options: [option('a', 1), option('b', 2), option('c', 3)],
  notAdvised: [],
  tests: [],
  support: [],
  interactions: [],
  outlook: null,
  intendedUse: 'for clinicians',
  ...more,
})

const regimen = (doseMg: number, note?: string): Option['regimen'] => ({
  id: 'r',
  title: 'R',
  components: [
    {
      drug: 'a',
      protocolDose: 80,
      unit: 'mg',
      route: 'oral',
      days: 'daily',
      doseMg,
      derivation: [`${doseMg} mg`],
      ...(note ? { note } : {}),
    },
  ],
})

const kinds = (changes: readonly PlanChange[]): string[] => changes.map(({ kind, weight }) => `${weight} ${kind}`)
const withOption = (more: Partial<Option>): PlanDocument => document({ options: [option('a', 1, more), option('b', 2), option('c', 3)] })

test('a plan has no difference from itself, and the release and software that made it are none', () => {
  expect(comparePlans(document(), document())).toEqual([])
  const other = document({ knowledge: { version: '2027-01-01', digest: 'z' }, inputs: { chartDigest: 'c', software: 'second-wind 9' } })
  expect(comparePlans(document(), other)).toEqual([])
})

describe('options', () => {
  test.each([
    {
      name: 'a new one moves none of the others',
      after: [option('n', 1), option('a', 2), option('b', 3), option('c', 4)],
      says: ['decision first-choice', 'decision new-option'],
    },
    {
      name: 'a new one at the end',
      after: [option('a', 1), option('b', 2), option('c', 3), option('n', 4)],
      says: ['decision new-option'],
    },
    {
      name: 'the first is withdrawn',
      after: [option('b', 1), option('c', 2)],
      says: ['decision first-choice', 'decision option-withdrawn'],
    },
    { name: 'the last is withdrawn', after: [option('a', 1), option('b', 2)], says: ['decision option-withdrawn'] },
    { name: 'one moved, and only that one', after: [option('a', 1), option('c', 2), option('b', 3)], says: ['decision re-ranked'] },
    {
      name: 'the same drugs by another rule stay the same option',
      after: [option('a', 1), option('b', 2), option('other', 3, { drugs: ['c'] })],
      says: ['reasons reasons', 'wording wording'],
    },
    { name: 'all withdrawn', after: [], says: ['decision option-withdrawn', 'decision option-withdrawn', 'decision option-withdrawn'] },
  ])('$name', ({ after, says }) => {
    expect(kinds(comparePlans(document(), document({ options: after })))).toEqual(says)
  })

  test.each<{ name: string; more: Partial<Option>; says: string[] }>([
    { name: 'standing', more: { standing: 'conditional' }, says: ['decision standing'] },
    { name: 'drugs', more: { drugs: ['a', 'x'] }, says: ['decision treatment'] },
    { name: 'a fact is missing now', more: { needs: [{ fact: 'ecog', ifTrue: 'x', ifFalse: 'y' }] }, says: ['care needs'] },
    { name: 'a caution is new', more: { cautions: [{ say: 'watch the QTc', facts: [], rule: 'qtc' }] }, says: ['care instruction'] },
    {
      name: 'the evidence is another',
      more: { evidence: [{ source: 'trial-b', at: 'abstract', says: 'longer survival' }] },
      says: ['reasons evidence'],
    },
    {
      name: 'the evidence in other words',
      more: { evidence: [{ ...evidence[0]!, says: 'people lived longer' }] },
      says: ['wording wording'],
    },
    { name: 'nobody has confirmed it any more', more: { review: 'unconfirmed' }, says: ['reasons evidence'] },
    { name: 'the criterion in other words', more: { because: { ...because, claim: 'untreated and fit' } }, says: ['wording wording'] },
    { name: 'the criterion looks at another fact', more: { because: { ...because, facts: ['age'] } }, says: ['reasons reasons'] },
    { name: 'title', more: { title: 'Another title' }, says: ['wording wording'] },
    { name: 'approval', more: { availability: { fda: { status: 'withdrawn', review: 'confirmed' } } }, says: ['care availability'] },
    {
      name: 'burden',
      more: { burden: { routes: ['iv'], visitsPerMonth: 2, contactDaysPerMonth: 2, infusionHoursPerMonth: 1 } },
      says: ['care burden'],
    },
    { name: 'what would change it', more: { wouldChange: [{ facts: { ecog: 3 }, to: 'conditional' }] }, says: ['reasons reasons'] },
  ])('$name', ({ more, says }) => {
    expect(kinds(comparePlans(document(), withOption(more)))).toEqual(says)
  })

  test('a dose is a decision; a note to it is words; its limits are instructions', () => {
    expect(comparePlans(withOption({ regimen: regimen(80)! }), withOption({ regimen: regimen(40)! }))).toMatchObject([
      { kind: 'dose', weight: 'decision', before: 'a 80 mg = 80 mg oral daily', after: 'a 80 mg = 40 mg oral daily' },
    ])
    expect(kinds(comparePlans(withOption({ regimen: regimen(80)! }), withOption({ regimen: regimen(80, 'with water')! })))).toEqual([
      'wording wording',
    ])
    const limited = { ...regimen(80)!, startLimits: ['platelets above 100'] }
    expect(kinds(comparePlans(withOption({ regimen: regimen(80)! }), withOption({ regimen: limited })))).toEqual(['care instruction'])
  })
})

describe('instructions', () => {
  const caution = (say: string, rule = 'r'): Partial<Option> => ({ cautions: [{ say, facts: [], rule }] })
  test.each([
    { name: 'other words', before: 'Check the QTc at 4 weeks, please', after: 'Check QTc at 4 weeks', says: ['wording wording'] },
    { name: 'another figure', before: 'Check the QTc at 4 weeks', after: 'Check the QTc at 8 weeks', says: ['care instruction'] },
    { name: 'another unit', before: 'Give 4 mg twice', after: 'Give 4 g twice', says: ['care instruction'] },
    { name: 'a refusal', before: 'Give with food', after: 'Do not give with food', says: ['care instruction'] },
    { name: 'before for after', before: 'Stop before surgery', after: 'Stop after surgery', says: ['care instruction'] },
  ])('$name', ({ before, after, says }) => {
    expect(kinds(comparePlans(withOption(caution(before)), withOption(caution(after))))).toEqual(says)
  })

  test('a line of another rule that says the same is the same line', () => {
    expect(kinds(comparePlans(withOption(caution('Watch', 'r1')), withOption(caution('Watch', 'r2'))))).toEqual(['reasons reasons'])
  })

  test('both texts of a reworded line are shown', () => {
    const [change] = comparePlans(withOption(caution('Check the QTc at 4 weeks')), withOption(caution('At 4 weeks check the QTc')))
    expect(change).toMatchObject({ before: 'Check the QTc at 4 weeks', after: 'At 4 weeks check the QTc' })
  })
})

describe('the rest of the plan', () => {
  const alert = { id: 'cord-compression', urgency: 'emergency', title: 'Cord', actions: ['MRI today'], because, evidence } as const
  const bar = { treatment: 'Pemetrexed', drugs: ['pemetrexed'], match: 'contains', reason: 'unsafe', rule: 'p', because, evidence } as const
  const wanted = { id: 'brain-mri', title: 'MRI', urgency: 'soon', settles: ['a'], because, facts: [] } as const
  const service = { service: 'palliative-care', title: 'Palliative care', actions: ['Refer now'], because, evidence } as const
  const clash = { id: 'i', between: ['a', 'b'], title: 'Clash', because, evidence } as const
  const outlook = {
    population: 'p',
    source: 's',
    fit: [],
    endpoint: 'overall survival',
    median: 20,
    worst10: 3,
    typical: [10, 40],
    best10: 60,
    alive: [],
    method: 'm',
    limits: [],
  } as const
  test.each<{ name: string; before: Partial<PlanDocument>; after: Partial<PlanDocument>; says: string[] }>([
    { name: 'an alert comes', before: {}, after: { alerts: [alert] }, says: ['decision alert-added'] },
    { name: 'an alert goes', before: { alerts: [alert] }, after: {}, says: ['decision alert-removed'] },
    {
      name: 'an alert is only suspected now',
      before: { alerts: [alert] },
      after: { alerts: [{ ...alert, suspected: true }] },
      says: ['decision alert-changed'],
    },
    {
      name: 'an alert asks for something else',
      before: { alerts: [alert] },
      after: { alerts: [{ ...alert, actions: ['MRI today', 'Call the surgeon'] }] },
      says: ['care instruction'],
    },
    { name: 'newly not advised', before: {}, after: { notAdvised: [bar] }, says: ['decision not-advised'] },
    { name: 'no longer not advised', before: { notAdvised: [bar] }, after: {}, says: ['decision no-longer-not-advised'] },
    {
      name: 'another rule bars the same',
      before: { notAdvised: [bar] },
      after: { notAdvised: [{ ...bar, rule: 'q' }] },
      says: ['reasons reasons'],
    },
    {
      name: 'a bar that is wider',
      before: { notAdvised: [{ ...bar, match: 'exact' }] },
      after: { notAdvised: [bar] },
      says: ['decision not-advised-changed'],
    },
    { name: 'a test is missing now', before: {}, after: { tests: [wanted] }, says: ['decision test-added'] },
    {
      name: 'a test is urgent now',
      before: { tests: [wanted] },
      after: { tests: [{ ...wanted, urgency: 'urgent' }] },
      says: ['decision test-changed'],
    },
    { name: 'support comes', before: {}, after: { support: [service] }, says: ['care support-added'] },
    {
      name: 'support is due earlier',
      before: { support: [{ ...service, dueBy: '2026-12-01' }] },
      after: { support: [{ ...service, dueBy: '2026-11-25' }] },
      says: ['care support-changed'],
    },
    { name: 'an interaction comes', before: {}, after: { interactions: [clash] }, says: ['decision interaction-added'] },
    {
      name: 'the earliest safe date moves',
      before: { interactions: [{ ...clash, window: { text: 't', earliest: '2026-12-01' } }] },
      after: { interactions: [{ ...clash, window: { text: 't', earliest: '2026-12-08' } }] },
      says: ['decision interaction-changed'],
    },
    { name: 'an outlook comes', before: {}, after: { outlook }, says: ['care outlook'] },
    {
      name: 'the limits of the outlook in other words',
      before: { outlook },
      after: { outlook: { ...outlook, limits: ['x'] } },
      says: ['wording wording'],
    },
    {
      name: 'a fact is read otherwise',
      before: {},
      after: { case: { facts: { ecog: { value: 2, sources: [] } }, story: 'a patient' } },
      says: ['care fact'],
    },
    {
      name: 'a fact is stale now',
      before: {},
      after: { case: { facts: { ecog: { value: 1, stale: true, sources: [] } }, story: 'a patient' } },
      says: ['care fact'],
    },
    {
      name: 'a fact that nobody knows is new in the registry',
      before: {},
      after: { case: { facts: { ecog: { value: 1, sources: [] }, new: { unknown: 'not-recorded' } }, story: 'a patient' } },
      says: [],
    },
    {
      name: 'a fact is new in the registry, and no chart names it',
      before: {},
      after: {
        case: { facts: { ecog: { value: 1, sources: [] }, new: { value: false, absence: 'listed', sources: [] } }, story: 'a patient' },
      },
      says: ['reasons fact'],
    },
    {
      name: 'a fact is new in the registry, and the chart names it',
      before: {},
      after: {
        case: {
          facts: { ecog: { value: 1, sources: [] }, new: { value: true, sources: [{ reference: 'Condition/1' }] } },
          story: 'a patient',
        },
      },
      says: ['care fact'],
    },
    {
      name: 'the chart has a problem now',
      before: {},
      after: { problems: [{ code: 'stale-value', severity: 'warning', path: 'x', message: 'old' }] },
      says: ['care problem'],
    },
    { name: 'refused now', before: {}, after: { status: 'refused' }, says: ['decision status'] },
    { name: 'another day', before: {}, after: { asOf: '2026-11-24' }, says: ['decision other-input'] },
    {
      name: 'services change places',
      before: { support: [service, { ...service, service: 'nutrition', title: 'Nutrition' }] },
      after: { support: [{ ...service, service: 'nutrition', title: 'Nutrition' }, service] },
      says: ['wording order'],
    },
  ])('$name', ({ before, after, says }) => {
    expect(kinds(comparePlans(document(before), document(after)))).toEqual(says)
  })
})

test('that an option came is no change of the interactions it has part in; that one stays and is now concerned is', () => {
  const clash = (...between: string[]) => ({ interactions: [{ id: 'i', between, title: 'Clash', because, evidence }] })
  const before = document(clash('x', 'a'))
  expect(kinds(comparePlans(before, document({ ...clash('x', 'a', 'n'), options: [...before.options, option('n', 4)] })))).toEqual([
    'decision new-option',
    'reasons reasons',
  ])
  expect(kinds(comparePlans(before, document(clash('x', 'a', 'b'))))).toEqual(['care interaction-changed'])
})
