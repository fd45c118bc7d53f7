import type { FactValue } from '@secondwind/core'
import { deniedBy, type Finding, findingsOf } from '../../read/findings.ts'
import {
  concept,
  condition,
  type Entered,
  type Entering,
  icd10,
  loinc,
  observation,
  one,
  type Proposal,
  plainPhrase,
  snomed,
  type Writer,
} from './proposal.ts'

/** How many other facts a finding settles besides: the plainest is tried first. */
const breadth = (finding: Finding): number =>
  Object.keys(finding.sets ?? {}).length +
  Object.keys(finding.adds ?? {}).length +
  (finding.dates?.length ?? 0) +
  (finding.asks?.length ?? 0)

const byBreadth = (a: Finding, b: Finding): number => breadth(a) - breadth(b)
const MOST = 4

/** Illnesses, symptoms, signs and circumstances that the tables of the knowledge base name: a problem, or a question with its answer. */
export const found: Writer = (entering) => {
  const { definition, value, knowledge } = entering
  const { all } = findingsOf(knowledge)
  const isSet = (finding: Finding, wanted: FactValue): boolean => finding.sets?.[definition.id] === wanted
  if (definition.type !== 'truth' && definition.type !== 'code') return []
  const saying = all.filter((finding) => isSet(finding, value)).sort(byBreadth)
  const denied = value === false ? all.filter((finding) => deniedBy(finding).includes(definition.id)).sort(byBreadth) : []
  return [
    ...saying.slice(0, MOST).flatMap((finding) => said(entering, finding, true)),
    ...denied.slice(0, MOST).flatMap((finding) => said(entering, finding, false)),
  ]
}

/** Values that findings add to a list: each that is not there yet is said by its own resource. */
export const listed: Writer = (entering) => {
  const { definition, value, knowledge, before } = entering
  if (definition.type !== 'codes' || !Array.isArray(value)) return []
  const { all } = findingsOf(knowledge)
  const here = new Set(Array.isArray(before?.value) ? (before.value as readonly string[]) : [])
  const missing = (value as readonly string[]).filter((one) => !here.has(one))
  const ways = missing.map((wanted) => {
    const refused = refusalOf(entering, wanted)
    if (refused !== undefined) return [one(refused)]
    const findings = all.filter(({ adds }) => adds?.[definition.id] === wanted).sort(byBreadth)
    return findings.flatMap((finding) => said(entering, finding, true))
  })
  if (ways.length === 0 || ways.some((way) => way.length === 0)) return []
  const most = Math.max(...ways.map((way) => way.length))
  return Array.from({ length: Math.min(most, MOST) }, (_, at) => ({
    resources: ways.flatMap((way) => way[Math.min(at, way.length - 1)]!.resources),
  }))
}

interface WishesFile {
  readonly refusals: {
    readonly before: readonly string[]
    readonly objects: readonly { readonly adds: { readonly [fact: string]: string }; readonly words: readonly string[] }[]
  }
}

/** What a patient declines, in the words by which the readers know a refusal. */
function refusalOf(entering: Entering, wanted: string): Entered | undefined {
  const { before, objects } = entering.knowledge.terminology<WishesFile>('wishes').refusals
  const object = plainPhrase(
    objects.find(({ adds }) => adds[entering.definition.id] === wanted && adds[entering.definition.id] !== undefined)?.words,
  )
  if (entering.definition.id === 'preferences' || object === undefined) return undefined
  return observation(entering, 'social-history', concept('Preference'), { valueString: `${before[0]} ${object}` })
}

function said(entering: Entering, finding: Finding, isThere: boolean): readonly Proposal[] {
  const words = plainPhrase(finding.phrases) ?? plainPhrase(finding.questions) ?? plainPhrase(finding.own)
  const question = plainPhrase(finding.questions) ?? words
  const codings = [finding.snomed?.[0], finding.icd10?.[0], finding.loinc?.[0]]
  const [sct, icd, lnc] = codings
  const coded = concept(
    words ?? entering.definition.label,
    sct === undefined ? undefined : snomed(sct),
    icd === undefined ? undefined : icd10(icd),
  )
  const answers: Entered[] = []
  const asked = (text: string | undefined, value: { readonly [element: string]: unknown }): void => {
    const code = concept(text, lnc === undefined ? undefined : loinc(lnc))
    if (text !== undefined || lnc !== undefined)
      answers.push(
        observation(
          entering,
          finding.table === 'wishes' ? 'social-history' : finding.table === 'imaging-phrases' ? 'imaging' : 'exam',
          code,
          value,
        ),
      )
  }
  if (finding.table === 'wishes' && isThere && words !== undefined) {
    answers.push(observation(entering, 'social-history', concept('Preference'), { valueString: words }))
  }
  asked(question, { valueBoolean: isThere })
  if (words !== question) asked(words, { valueBoolean: isThere })
  const problem = finding.table === 'conditions' || codings.some((code) => code !== undefined) ? [condition(entering, coded, isThere)] : []
  const both = finding.table === 'conditions' ? [...problem, ...answers] : [...answers, ...problem]
  return both.map((resource) => one(resource))
}
