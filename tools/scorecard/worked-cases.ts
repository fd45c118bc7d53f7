import path from 'node:path'
import { plan } from '@secondwind/care'
import { type Compilation, EXAMPLE_DAY, factsFromGiven, readYamlFile } from '@secondwind/compiler'
import type { PlanDocument } from '@secondwind/core'

const TEXTBOOK = 'textbook'

/** What a plan comes to, best first. */
export const ENDS = ['sound', 'conditional', 'needs-data', 'refused', 'nothing'] as const
export type End = (typeof ENDS)[number]

export const endOf = ({ status, options }: PlanDocument): End => {
  if (status === 'refused') return 'refused'
  const has = (...standings: readonly string[]): boolean => options.some((o) => standings.includes(o.standing))
  return has('recommended', 'alternative') ? 'sound' : has('conditional') ? 'conditional' : has('needs-data') ? 'needs-data' : 'nothing'
}

/** One case that an author wrote for an option: someone for whom it is. */
export interface WorkedCase {
  readonly population: string
  readonly option: string
  readonly name: string
  readonly end: End
}

/**
 * Every case that the authors wrote as an example of whom an option is for, planned as a whole patient.
 * The examples say what decides that one option; `textbook.yaml` says what must be known of anybody, and all else is as in an empty chart.
 */
export function workedCases({ entries, knowledge }: Compilation): readonly WorkedCase[] {
  const textbook = readYamlFile(path.join(import.meta.dirname, 'textbook.yaml')).value as { readonly [fact: string]: unknown }
  const registry = new Map(knowledge.facts.map((f) => [f.id, f]))
  const presets = new Map(
    entries.filter((e) => e.kind === 'presets').map((e) => [e.value.id, e.value.given as { readonly [fact: string]: unknown }]),
  )
  presets.set(TEXTBOOK, textbook)
  return entries
    .filter((entry) => entry.kind === 'treatment')
    .flatMap(({ value }) =>
      (
        value.examples as readonly {
          readonly name: string
          readonly given: { readonly [fact: string]: unknown }
          readonly expect: string
        }[]
      )
        .filter((example) => example.expect === 'true')
        .map((example): WorkedCase => {
          const { facts } = factsFromGiven(behind(TEXTBOOK, example.given), registry, presets, EXAMPLE_DAY)
          const document = plan({
            knowledge,
            patientCase: { patient: 'Patient/example', asOf: EXAMPLE_DAY, facts },
            problems: [],
            chartDigest: '',
            software: '',
          })
          return { population: String(value.group), option: value.id, name: example.name, end: endOf(document) }
        }),
    )
}

/** What the example says, through its preset or itself, stands before what is assumed of anybody. */
const behind = (preset: string, given: { readonly [fact: string]: unknown }) => ({
  ...given,
  preset: [preset, ...[given.preset ?? []].flat()],
})
