import type { Drug, RegimenComponent } from '@secondwind/core'
import type { CheckedEntry } from '../compile.ts'
import type { Finding } from './finding.ts'
import { meant } from './suggest.ts'

/** A course longer than this many days was never planned as a number of cycles: the number is a slip. */
const LONGEST_COURSE_DAYS = 1100
/** A dose beyond this factor of the drug's other doses in the same unit and by the same route is a slip, or needs its reason. */
const FACTOR = 2

interface Use {
  readonly entry: CheckedEntry
  readonly at: readonly (string | number)[]
  readonly part: RegimenComponent
  readonly cycleDays: number | undefined
}

/**
 * What a regimen says of its drugs, against everything else that is known of them: the usual doses, the figures of the citations, the routes of the
 * drug, the days of the cycle, the name of the regimen. A wrong dose is the error that hurts most and that no other rule can see.
 */
export function checkRegimens(entries: readonly CheckedEntry[], terminology: Record<string, unknown>): readonly Finding[] {
  const drugs = new Map((Array.isArray(terminology.drugs) ? (terminology.drugs as readonly Drug[]) : []).map((d) => [d.id, d]))
  const regimens = entries.filter((e) => e.kind === 'regimens')
  const uses = regimens.flatMap(usesOf)
  const findings: Finding[] = []
  const report = (entry: CheckedEntry, at: readonly (string | number)[], code: Finding['code'], message: string, remedy: string): void => {
    findings.push({ code, file: entry.raw.file, line: entry.raw.lineOf(at), entry: entry.value.id, message, remedy })
  }

  for (const entry of regimens) {
    const { id, components, cycles, cycleDays } = entry.value as unknown as RegimenFields
    const name = [...new Set(components.map((c) => c.drug))].sort().join('-')
    if (id !== name && !id.startsWith(`${name}-`))
      report(
        entry,
        ['id'],
        'schema',
        `is called ${id} and gives ${name}`,
        `call it ${name}, or ${name}-… where only the doses differ; or correct its drugs`,
      )
    if (cycles !== undefined && cycleDays !== undefined && cycles * cycleDays > LONGEST_COURSE_DAYS)
      report(
        entry,
        ['cycles'],
        'unit',
        `${cycles} cycles of ${cycleDays} days are ${Math.round((cycles * cycleDays) / 365)} years`,
        'correct the number; leave it out where treatment goes on until progression',
      )
  }
  for (const { entry, at, part, cycleDays } of uses) {
    const routes = drugs.get(part.drug)?.routes
    if (routes && !(routes as readonly string[]).includes(part.route))
      report(
        entry,
        [...at, 'route'],
        'unit',
        `${part.drug} is given ${part.route} here, and by its entry only ${routes.join(' or ')}`,
        'correct the route, or add it to the drug in terminology/drugs.yaml',
      )
    const days = Array.isArray(part.days) ? (part.days as readonly number[]) : []
    const beyond = days.find((d) => d < 1 || (cycleDays !== undefined && d > cycleDays))
    if (beyond !== undefined)
      report(
        entry,
        [...at, 'days'],
        'unit',
        `${part.drug} on day ${beyond} of a cycle of ${cycleDays ?? 'no given number of'} days`,
        'days count from 1 within one cycle: correct days or cycleDays',
      )
    else if (days.length > 0 && cycleDays === undefined)
      report(
        entry,
        [...at, 'days'],
        'unit',
        `${part.drug} on day ${days[0]} of a cycle whose length is not given`,
        'add cycleDays to the regimen',
      )
  }
  for (const list of Map.groupBy(
    uses.filter((u) => u.part.dose !== undefined),
    ({ part }) => `${part.drug} ${part.unit} ${part.route}`,
  ).values()) {
    for (const { entry, at, part } of list) {
      const others = list.filter((o) => o.entry !== entry).map((o) => o.part.dose!)
      const [low, high] = [Math.min(...others), Math.max(...others)]
      if (others.length === 0 || part.note !== undefined || (part.dose! <= high * FACTOR && part.dose! >= low / FACTOR)) continue
      report(
        entry,
        [...at, 'dose'],
        'unit',
        `${part.drug} ${part.dose} ${part.unit} here, and ${low === high ? low : `${low} to ${high}`} ${part.unit} everywhere else`,
        'correct the dose or its unit; where it is meant, say why in a note of the component',
      )
    }
  }
  findings.push(...uncitedDoses(uses))
  return findings
}

/** A dose of which no citation of any regimen that gives it speaks: nobody can check it. A confirmed regimen only; an unconfirmed one says so. */
function uncitedDoses(uses: readonly Use[]): readonly Finding[] {
  const findings: Finding[] = []
  for (const list of Map.groupBy(
    uses.filter((u) => u.part.dose !== undefined),
    ({ part }) => `${part.drug} ${part.dose} ${part.unit}`,
  ).values()) {
    const first = list.find(({ entry, part }) => entry.value.review === 'confirmed' && part.review !== 'unconfirmed')
    if (!first || list.some(({ entry, part }) => figuresOf(entry).has(part.dose!))) continue
    const { entry, at, part } = first
    const said = [...figuresOf(entry)].filter((n) => n > 0)
    findings.push({
      code: 'citation',
      file: entry.raw.file,
      line: entry.raw.lineOf([...at, 'dose']),
      entry: entry.value.id,
      message: `${part.drug} ${part.dose} ${part.unit} stands in no citation of a regimen that gives it`,
      remedy: meant(String(part.dose), said.map(String), 'correct the dose, or write it into says of the citation it was taken from'),
    })
  }
  return findings
}

/** The numbers that the citations of an entry say. */
function figuresOf(entry: CheckedEntry): ReadonlySet<number> {
  const cites = (entry.value.cites as readonly { readonly at: string; readonly says: string }[] | undefined) ?? []
  const text = cites
    .map((c) => `${c.says} ${c.at}`)
    .join(' ')
    .replace(/(\d),(\d{3})\b/g, '$1$2')
  return new Set([...text.matchAll(/(?<![\d.])\d+(?:\.\d+)?/g)].map((m) => Number(m[0])))
}

interface RegimenFields {
  readonly id: string
  readonly cycleDays?: number
  readonly cycles?: number
  readonly components: readonly RegimenComponent[]
  readonly maintenance?: { readonly cycleDays?: number; readonly components: readonly RegimenComponent[] }
}

function usesOf(entry: CheckedEntry): readonly Use[] {
  const { components, maintenance, cycleDays } = entry.value as unknown as RegimenFields
  return [
    ...components.map((part, i): Use => ({ entry, at: ['components', i], part, cycleDays })),
    ...(maintenance?.components ?? []).map(
      (part, i): Use => ({ entry, at: ['maintenance', 'components', i], part, cycleDays: maintenance?.cycleDays ?? cycleDays }),
    ),
  ]
}
