import type { FactDefinition } from '@secondwind/core'
import type { SmtEmitter } from '../emit/smt.ts'
import { and, countOf, implies, not, or, type Term } from '../emit/smt-terms.ts'

/**
 * What `core/facts/derive.ts` makes of other facts, as constraints: where it computes a value, the fact is known and is that value.
 * Where it computes none, the fact may still have been read or entered, and is left open. `derived.test.ts` holds both together.
 */
export function derivedConstraints(definition: FactDefinition, emitter: SmtEmitter, rows: number): readonly Term[] {
  // one that is not modelled yet keeps every value: the proof then looks at more patients, never at fewer (`derived.test.ts` asks for it)
  return RULES[definition.id]?.(toolsOf(emitter, rows), definition.derivedFrom ?? []) ?? []
}

export const isModelled = (definition: FactDefinition): boolean => definition.id in RULES || isFree(definition)

/** Days between two dates are asked by quality measures alone; no rule that is proven looks at them (`derived.test.ts`). */
export const isFree = ({ id, daysBetween }: FactDefinition): boolean => id in FREE || daysBetween === true

/** Derived facts that keep every value they can have: what they are computed from decides nothing else, or not exactly. */
const FREE: { readonly [id: string]: string } = {
  age: 'no criterion looks at the birth date',
  bsa: 'no criterion looks at the height, so every surface is possible',
  bmi: 'no criterion looks at the height, so every index is possible',
  'creatinine-clearance': 'no criterion looks at the creatinine, so every clearance is possible',
  'creatinine-rise': 'no criterion looks at the earlier creatinine, so every rise is possible',
  'weight-loss-percent': 'no criterion looks at the earlier weight, so every loss is possible',
  'creatinine-clearance-ideal': 'no criterion looks at the creatinine and the height, so every clearance is possible',
  'platinum-free-days': 'read from the courses where the chart tells more than two dates',
}

interface Tools {
  known(fact: string): Term
  /** Known, and this. */
  isTrue(fact: string): Term
  isFalse(fact: string): Term
  is(fact: string, ...codes: readonly string[]): Term
  number(fact: string): Term
  /** A day, known and not never; its number counts from the plan's day. */
  hasDay(fact: string): Term
  isNever(fact: string): Term
  day(fact: string): Term
  becomes(fact: string, when: Term, value: boolean): Term
  readonly emitter: SmtEmitter
  readonly rows: number
}

function toolsOf(emitter: SmtEmitter, rows: number): Tools {
  const known = (fact: string): Term => emitter.variable(fact, 'known')
  const truth = (fact: string): Term => emitter.variable(fact, 'truth')
  const never = (fact: string): Term => emitter.variable(fact, 'never')
  return {
    known,
    isTrue: (fact) => and(known(fact), truth(fact)),
    isFalse: (fact) => and(known(fact), not(truth(fact))),
    is: (fact, ...codes) => and(known(fact), or(...codes.map((code) => emitter.variable(fact, 'code', code)))),
    number: (fact) => emitter.variable(fact, 'number'),
    hasDay: (fact) => and(known(fact), not(never(fact))),
    isNever: (fact) => and(known(fact), never(fact)),
    day: (fact) => emitter.variable(fact, 'last'),
    becomes: (fact, when, value) => implies(when, and(known(fact), value ? truth(fact) : not(truth(fact)))),
    emitter,
    rows,
  }
}

type Rule = (tools: Tools, from: readonly string[]) => readonly Term[]

const SITES = 'metastatic-sites'
const TNM_FOUR = ['iv', 'iva', 'ivb']
const EARLY = ['0', 'i', 'ii', 'iii', 'iiia', 'iiib', 'iiic', 'limited']
const M_ONE = ['m1', 'm1a', 'm1b', 'm1c', 'm1c1', 'm1c2']

const RULES: { readonly [id: string]: Rule } = {
  'stage-iv': ({ is, isTrue, becomes, known, emitter }) => {
    const found = or(and(known(SITES), or(...codesOf(emitter, SITES))), isTrue('metastatic-recurrence'), isTrue('brain-metastases'))
    const four = is('stage-group', ...TNM_FOUR, 'extensive')
    const early = is('stage-group', ...EARLY)
    const spread = is('m-category', ...M_ONE)
    const none = is('m-category', 'm0')
    const mismatch = or(and(is('stage-group', ...TNM_FOUR), none), and(early, spread))
    return [
      becomes('stage-iv', or(found, and(not(mismatch), or(four, spread))), true),
      becomes('stage-iv', and(not(found), not(mismatch), not(four), not(spread), or(early, none)), false),
    ]
  },
  'pregnancy-possible': ({ is, isTrue, becomes, known, number }) => {
    const age = known('age')
    const tooOld = and(age, or(`(< ${number('age')} 10)`, `(> ${number('age')} 55)`))
    const excluded = or(is('sex', 'male'), isTrue('sterilised-or-menopausal'), tooOld)
    return [
      becomes('pregnancy-possible', excluded, false),
      becomes('pregnancy-possible', and(not(excluded), is('sex', 'female'), age), true),
    ]
  },
  pregnancy: ({ isFalse, becomes }) => [becomes('pregnancy', isFalse('pregnancy-possible'), false)],
  'light-or-never-smoker': ({ is, becomes, known, number }) => {
    const never = is('smoking-status', 'never')
    const few = `(<= ${number('pack-years')} 10.0)`
    return [
      becomes('light-or-never-smoker', or(never, and(known('pack-years'), few)), true),
      becomes('light-or-never-smoker', and(not(never), known('pack-years'), not(few)), false),
    ]
  },
  'metastasis-count': ({ known, number, emitter, rows }) => {
    const slots = Array.from({ length: rows }, (_, row) => ({
      there: emitter.row('metastases', row),
      known: emitter.rowVariable('metastases', row, 'count', 'known'),
      count: emitter.rowVariable('metastases', row, 'count', 'number'),
    }))
    const all = and(known('metastases'), slots[0]!.there, ...slots.map((s) => implies(s.there, s.known)))
    const sum = `(+ ${slots.map((s) => `(ite ${s.there} ${s.count} 0.0)`).join(' ')})`
    return [implies(all, and(known('metastasis-count'), `(= (to_real ${number('metastasis-count')}) ${sum})`))]
  },
  'metastatic-organ-count': ({ known, number, emitter }) => {
    const sites = codesOf(emitter, SITES)
    const bone = emitter.variable(SITES, 'code', 'bone')
    const spine = emitter.variable(SITES, 'code', 'spine')
    // the spine is bone
    const organs = countOf(sites.map((site) => (site === spine ? and(spine, not(bone)) : site)))
    return [
      implies(and(known(SITES), or(...sites)), and(known('metastatic-organ-count'), `(= ${number('metastatic-organ-count')} ${organs})`)),
    ]
  },
  'brain-metastases': ({ is, becomes }) => [becomes('brain-metastases', is(SITES, 'brain'), true)],
  'leptomeningeal-disease': ({ is, becomes }) => [becomes('leptomeningeal-disease', is(SITES, 'leptomeninges'), true)],
  'bone-metastases': ({ is, becomes, known }) => [
    becomes('bone-metastases', is(SITES, 'bone', 'spine'), true),
    becomes('bone-metastases', and(known(SITES), not(is(SITES, 'bone', 'spine'))), false),
  ],
  'liver-metastases': ({ is, becomes, known }) => [
    becomes('liver-metastases', is(SITES, 'liver'), true),
    becomes('liver-metastases', and(known(SITES), not(is(SITES, 'liver'))), false),
  ],
  'brain-untreated-active': ({ isTrue, isFalse, becomes }) => {
    const id = 'brain-untreated-active'
    const there = isTrue('brain-metastases')
    const grows = isTrue('brain-progressing')
    return [
      becomes(id, isFalse('brain-metastases'), false),
      becomes(id, and(there, or(grows, isFalse('brain-treated'))), true),
      becomes(id, and(there, not(grows), isTrue('brain-treated')), false),
    ]
  },
  'met-ihc-high': ({ known, number, becomes }) => {
    const half = `(>= ${number('met-ihc-3plus-percent')} 50.0)`
    return [
      becomes('met-ihc-high', and(known('met-ihc-3plus-percent'), half), true),
      becomes('met-ihc-high', and(known('met-ihc-3plus-percent'), not(half)), false),
    ]
  },
  'driver-known': ({ isTrue, isFalse, becomes, known }, from) => {
    const some = or(...from.map(isTrue))
    const none = and(...from.map(isFalse))
    // nothing but the drivers can say it
    return [becomes('driver-known', some, true), becomes('driver-known', none, false), implies(known('driver-known'), or(some, none))]
  },
  haemoptysis: ({ known, isTrue, number, becomes }) => [
    becomes('haemoptysis', or(isTrue('haemoptysis-massive'), and(known('haemoptysis-ml'), `(> ${number('haemoptysis-ml')} 0)`)), true),
  ],
  'pleural-effusion-symptomatic': ({ known, isTrue, number, becomes }) => [
    becomes(
      'pleural-effusion-symptomatic',
      and(isTrue('pleural-effusion'), known('dyspnoea-mmrc'), `(>= ${number('dyspnoea-mmrc')} 3)`),
      true,
    ),
  ],
  'leg-weakness': ({ known, number, becomes }) => [becomes('leg-weakness', and(known('leg-power'), `(< ${number('leg-power')} 5)`), true)],
  'calcium-corrected': ({ known, number }) => {
    const id = 'calcium-corrected'
    const value = `(+ ${number('calcium')} (* 0.02 (- 40.0 ${number('albumin')})))`
    // the solver counts exactly, the formula in binary fractions
    const close = and(`(<= ${number(id)} (+ ${value} 0.000001))`, `(>= ${number(id)} (- ${value} 0.000001))`)
    return [implies(and(known('calcium'), known('albumin')), and(known(id), close))]
  },
  'ici-free-days': ({ known, number, hasDay, isNever, day, emitter }) => {
    const id = 'ici-free-days'
    const never = emitter.variable(id, 'never')
    return [
      implies(isNever('last-ici-on'), and(known(id), never)),
      implies(hasDay('last-ici-on'), and(known(id), not(never), `(= ${number(id)} (to_real (- ${day('last-ici-on')})))`)),
      // nothing but the day can say it
      implies(known(id), known('last-ici-on')),
    ]
  },
  'tested-after-progression': ({ hasDay, day, becomes }) => {
    const both = and(hasDay('biomarker-sample-on'), hasDay('current-line-start-on'))
    const later = `(> ${day('biomarker-sample-on')} ${day('current-line-start-on')})`
    return [becomes('tested-after-progression', and(both, later), true), becomes('tested-after-progression', and(both, not(later)), false)]
  },
}

/** A variable for each value that the registry gives a fact of codes. */
function codesOf(emitter: SmtEmitter, fact: string): readonly Term[] {
  return emitter.codes(fact).map((code) => emitter.variable(fact, 'code', code))
}
