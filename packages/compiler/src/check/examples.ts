import {
  type Criterion,
  caseView,
  criteriaCompiler,
  criterionText,
  explain,
  type KnowledgeBase,
  missingFacts,
  vocabulary,
} from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import { factsFromGiven } from './given.ts'

interface Example {
  readonly name: string
  readonly given: { readonly [fact: string]: unknown }
  readonly expect: string
  readonly missing?: readonly string[]
}

/** Examples are judged as on this day; a date in an example is read against it. */
export const EXAMPLE_DAY = '2026-11-23'

/** Runs every rule's own examples against its `when`, on both the fast and the reference backend. */
export function runExamples(entries: readonly CheckedEntry[], knowledge: KnowledgeBase): readonly Finding[] {
  const findings: Finding[] = []
  const words = vocabulary(knowledge.facts, knowledge.criteria)
  const registry = new Map(knowledge.facts.map((f) => [f.id, f]))
  const presets = new Map(
    entries.filter((e) => e.kind === 'presets').map((e) => [e.value.id, e.value.given as { readonly [key: string]: unknown }]),
  )
  for (const entry of entries) {
    const examples = entry.value.examples as readonly Example[] | undefined
    // measures have examples of their own (`measures.ts`)
    if (!examples || entry.kind === 'quality') continue
    const when = entry.value.when as Criterion
    const at = (place: readonly (string | number)[], message: string, remedy: string): void => {
      findings.push({ code: 'example', file: entry.raw.file, line: entry.raw.lineOf(place), entry: entry.value.id, message, remedy })
    }
    if (when.op !== 'const') {
      for (const wanted of ['true', 'false', 'unknown']) {
        if (examples.some((e) => e.expect === wanted)) continue
        if (
          wanted === 'unknown' &&
          examples.some((e) => e.expect === 'true') &&
          examples.some((e) => e.expect === 'false') &&
          cannotBeUnknown(entry)
        )
          continue
        at(['examples'], `has no example that is ${wanted}`, `add an example with expect: ${wanted}`)
      }
    }
    const compiler = criteriaCompiler(words)
    const decide = compiler.compile(when)
    examples.forEach((example, i) => {
      const { facts, problems } = factsFromGiven(example.given, registry, presets, EXAMPLE_DAY)
      for (const p of problems) at(['examples', i, 'given', p.fact], p.message, p.remedy)
      if (problems.length > 0) return
      const view = caseView(words, facts, EXAMPLE_DAY, compiler.program)
      const seen = decide(view)
      const why = explain(when, view, words)
      if (why.truth !== seen)
        at(['examples', i], `backends disagree: ${seen} against ${why.truth}`, 'this is a defect of the engine: report it')
      if (seen !== example.expect) {
        at(
          ['examples', i],
          `"${example.name}" is ${seen}, expected ${example.expect}${decisive(why)}`,
          'correct the example or the criterion',
        )
      } else if (example.missing) {
        const missing = missingFacts(why)
        const absent = example.missing.filter((fact) => !missing.has(fact))
        if (absent.length > 0)
          at(
            ['examples', i, 'missing'],
            `"${example.name}" does not miss ${absent.join(', ')}; it misses ${[...missing].join(', ') || 'nothing'}`,
            'correct the list',
          )
      }
    })
  }
  return findings

  function decisive(why: ReturnType<typeof explain>): string {
    const parts: string[] = []
    const walk = (node: ReturnType<typeof explain>): void => {
      if (node.children && node.children.length > 0)
        node.children.filter((c) => c.truth === why.truth || node.truth !== why.truth).forEach(walk)
      else parts.push(`${node.claim}: ${node.truth}`)
    }
    walk(why)
    return parts.length > 0 ? ` [${parts.slice(0, 4).join('; ')}]` : ''
  }

  /** A criterion over listed facts alone is settled by any chart; only an explicit null makes it unknown, which is worth no example. */
  function cannotBeUnknown(entry: CheckedEntry): boolean {
    const text = criterionText(entry.value.when as Criterion, words)
    return text.length > 0 && factsIn(entry.value.when as Criterion).every((id) => registry.get(id)?.absence === 'listed')
  }

  function factsIn(criterion: Criterion): readonly string[] {
    switch (criterion.op) {
      case 'const':
        return []
      case 'ref':
        return factsIn(words.named.get(criterion.id)!.when)
      case 'all':
      case 'any':
      case 'atLeast':
        return criterion.of.flatMap(factsIn)
      case 'not':
        return factsIn(criterion.of)
      default:
        return [criterion.fact]
    }
  }
}
