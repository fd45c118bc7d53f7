import {
  caseView,
  compileRow,
  criteriaCompiler,
  explain,
  type Fact,
  type FactDefinition,
  itemWords,
  type KnowledgeBase,
  type ListItem,
  latestDay,
  type MeasureCriteria,
  type MeasureOutcome,
  measureCriteria,
  measureOutcome,
  missingFacts,
  type QualityMeasure,
  type Truth,
  vocabulary,
} from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import { EXAMPLE_DAY } from './examples.ts'
import type { Finding } from './finding.ts'
import { factsFromGiven } from './given.ts'
import { meant } from './suggest.ts'

interface Example {
  readonly name: string
  readonly given: { readonly [fact: string]: unknown }
  readonly item?: ListItem
  readonly expect: MeasureOutcome
  readonly missing?: readonly string[]
}

/** Outcomes that the examples of every measure must show: one that cannot be missed, or never stays open, is not understood. */
const WANTED: readonly MeasureOutcome[] = ['met', 'not-met', 'not-known', 'outside']

const PARTS: readonly (keyof MeasureCriteria)[] = ['population', 'excluded', 'numerator', 'excepted']

/**
 * What only a quality measure must hold: its anchor is a date, what it counts is a list, limits on intervals are upper ones, a numerator and its
 * exclusions are not the same, and its own examples come out as they say.
 */
export function checkMeasures(entries: readonly CheckedEntry[], knowledge: KnowledgeBase): readonly Finding[] {
  const findings: Finding[] = []
  const registry = new Map(knowledge.facts.map((f) => [f.id, f]))
  const presets = new Map(
    entries.filter((e) => e.kind === 'presets').map((e) => [e.value.id, e.value.given as { readonly [key: string]: unknown }]),
  )
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  for (const entry of entries) {
    if (entry.kind !== 'quality') continue
    const measure = entry.value as unknown as QualityMeasure
    const report = (at: readonly (string | number)[], message: string, remedy: string, code: Finding['code'] = 'criterion'): void => {
      findings.push({ code, file: entry.raw.file, line: entry.raw.lineOf(at), entry: measure.id, message, remedy })
    }
    const list = measure.each === undefined ? undefined : registry.get(measure.each)
    // said where names are checked
    if (measure.each !== undefined && list?.type !== 'list') continue
    if ((list === undefined) !== (measure.patients === undefined))
      report(
        ['each'],
        'each and patients belong together',
        'with each say of which patients (patients: { say, when }); without it leave both out',
      )
    const anchors = list ? itemWords(list).facts : knowledge.facts
    if (!anchors.some(({ id, type }) => id === measure.anchor && type === 'date')) {
      const days = anchors.filter(({ type }) => type === 'date').map(({ id }) => id)
      report(
        ['anchor'],
        `${measure.anchor} is not a date`,
        meant(measure.anchor, days, `name one of ${days.slice(0, 8).join(', ')}`),
        'dangling',
      )
    }
    for (const fact of lowerLimits(measure, registry))
      report(
        ['numerator'],
        `asks whether ${fact} is at least so many days; something that never was is endless and would count`,
        'turn the interval round and ask for an upper limit',
      )
    runExamples(measure, list)

    function runExamples(asked: QualityMeasure, items: FactDefinition | undefined): void {
      const examples = entry.value.examples as readonly Example[]
      for (const wanted of WANTED)
        if (!examples.some((e) => e.expect === wanted))
          report(['examples'], `has no example that is ${wanted}`, `add an example with expect: ${wanted}`, 'example')
      const criteria = measureCriteria(asked)
      const compiler = criteriaCompiler(words)
      const patients = asked.patients && compiler.compile(asked.patients.when)
      const whole = items ? undefined : PARTS.map((part) => compiler.compile(criteria[part]))
      const ofItem = items ? PARTS.map((part) => compileRow(criteria[part])) : undefined
      const day = latestDay(EXAMPLE_DAY)!
      examples.forEach((example, i) => {
        const { facts, problems } = factsFromGiven(example.given, registry, presets, EXAMPLE_DAY)
        for (const p of problems) report(['examples', i, 'given', p.fact], p.message, p.remedy, 'example')
        const strange = Object.keys(example.item ?? {}).filter((field) => !(field in (items?.fields ?? {})))
        for (const field of strange)
          report(['examples', i, 'item', field], `there is no field ${field}`, 'see the fields of the list fact', 'example')
        if (problems.length > 0 || strange.length > 0) return
        const view = caseView(words, facts, EXAMPLE_DAY, compiler.program)
        const own = whole ? whole.map((decide) => decide(view)) : ofItem!.map((decide) => decide(example.item ?? {}, day))
        const [population = 'unknown', excluded = 'unknown', numerator = 'unknown', excepted = 'unknown'] = own
        const inPopulation = patients ? lesser(patients(view), population) : population
        const seen = measureOutcome({ population: inPopulation, excluded, numerator, excepted })
        if (seen !== example.expect) {
          const told = `population ${inPopulation}, excluded ${excluded}, numerator ${numerator}, excepted ${excepted}`
          report(
            ['examples', i],
            `"${example.name}" is ${seen}, expected ${example.expect} [${told}]`,
            'correct the example or the criteria',
            'example',
          )
          return
        }
        const absent = (example.missing ?? []).filter((fact) => !missingOf(facts, example.item).has(fact))
        if (absent.length > 0)
          report(['examples', i, 'missing'], `"${example.name}" does not miss ${absent.join(', ')}`, 'correct the list', 'example')
      })

      function missingOf(facts: { readonly [id: string]: Fact }, item: ListItem | undefined): ReadonlySet<string> {
        if (items) return new Set(Object.keys(items.fields ?? {}).filter((field) => item?.[field] === undefined || item[field] === null))
        const view = caseView(words, facts, EXAMPLE_DAY)
        return new Set(PARTS.flatMap((part) => [...missingFacts(explain(criteria[part], view, words))]))
      }
    }
  }
  return findings
}

const lesser = (a: Truth, b: Truth): Truth => (a === 'false' || b === 'false' ? 'false' : a === 'true' && b === 'true' ? 'true' : 'unknown')

/** Interval facts of which a group asks for a lower limit, outside a `not`. */
function lowerLimits(measure: QualityMeasure, registry: ReadonlyMap<string, FactDefinition>): readonly string[] {
  const found = new Set<string>()
  const walk = (node: QualityMeasure['numerator']['when']): void => {
    if (node.op === 'all' || node.op === 'any' || node.op === 'atLeast') node.of.forEach(walk)
    else if (node.op === 'compare' && (node.cmp === '>' || node.cmp === '>=') && registry.get(node.fact)?.daysBetween) found.add(node.fact)
  }
  if (measure.each === undefined) walk(measure.numerator.when)
  return [...found]
}
