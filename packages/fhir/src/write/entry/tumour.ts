import type { SitesFile } from '../../read/lesions.ts'
import { codeKeysOf, conceptOf, wordsOf } from '../../read/shapes.ts'
import {
  concept,
  condition,
  type Entered,
  type Entering,
  icd10,
  loinc,
  MCODE,
  observation,
  one,
  type Proposal,
  plainPhrase,
  snomed,
  type Writer,
} from './proposal.ts'

interface StageFile {
  readonly systems: { readonly cancerstaging: string }
  readonly groups: readonly { readonly value: string; readonly snomed?: readonly string[]; readonly words: readonly string[] }[]
  readonly groupLoinc: readonly string[]
  readonly categories: { readonly [axis: string]: { readonly fact: string; readonly loinc: readonly string[] } }
}
interface HistologyFile {
  readonly values: readonly { readonly value: string; readonly icdo3?: readonly string[]; readonly words: readonly string[] }[]
}
interface ResponseFile {
  readonly observation: { readonly codes: readonly string[] }
  readonly codes: { readonly [code: string]: string }
}

/** Stage group and T, N, M, in the profiles of mCODE. */
export const staged: Writer = (entering) => {
  const { definition, value, knowledge } = entering
  if (typeof value !== 'string') return []
  const file = knowledge.terminology<StageFile>('stage')
  if (definition.id === 'stage-group') {
    const group = file.groups.find((row) => row.value === value)
    if (group === undefined) return []
    const code = concept('Stage group', loinc(file.groupLoinc[0]!))
    const words = plainStage(value)
    const coded = group.snomed?.[0]
    const values = [concept(words, coded === undefined ? undefined : snomed(coded)), concept(words)]
    return values.map((said) => one(observation(entering, 'exam', code, { valueCodeableConcept: said }, 'tnm-stage-group')))
  }
  const [axis, row] = Object.entries(file.categories).find(([, { fact }]) => fact === definition.id) ?? []
  if (axis === undefined || row === undefined) return []
  const said = { valueCodeableConcept: concept(value.replace(/^[tnm]/, (letter) => letter.toUpperCase())) }
  return [one(observation(entering, 'exam', concept(definition.label, loinc(row.loinc[0]!)), said))]
}

const plainStage = (value: string): string =>
  /^[iv]+[abc]?$/.test(value)
    ? `Stage ${value.replace(/^[iv]+/, (roman) => roman.toUpperCase()).replace(/[abc]$/, (letter) => letter.toUpperCase())}`
    : `${value} stage`

/** The histology of the primary tumour: a new version of its Condition, else a report of pathology. */
export const histology: Writer = (entering) => {
  const { definition, value, knowledge, chart, before } = entering
  if (definition.id !== 'histology' || typeof value !== 'string') return []
  const row = knowledge.terminology<HistologyFile>('histology').values.find((one) => one.value === value)
  const words = plainPhrase(row?.words)
  if (row === undefined || words === undefined) return []
  const said = before?.sources
    .map(({ reference }) => chart.resolve({ reference }))
    .find((resource) => resource?.resourceType === 'Condition' && resource.id !== undefined)
  const code = row.icdo3?.[0]
  const morphology = concept(words, code === undefined ? undefined : { system: 'http://terminology.hl7.org/CodeSystem/icd-o-3', code })
  const proposals: Proposal[] = []
  if (said !== undefined) {
    const url = `${MCODE}histology-morphology-behavior`
    const others = (Array.isArray(said.extension) ? said.extension : []).filter((extension: { url?: unknown }) => extension.url !== url)
    const changed = { ...said, id: said.id!, code: { text: words }, extension: [...others, { url, valueCodeableConcept: morphology }] }
    proposals.push(one(changed))
  }
  proposals.push(one(report(entering, 'Pathology study', 'Pathology', `${words.charAt(0).toUpperCase()}${words.slice(1)} of the lung.`)))
  return proposals
}

/** Distant metastases: a secondary-cancer Condition for each site; that there is none in the brain is said by the scan that looked. */
export const metastases: Writer = (entering) => {
  const { definition, value, knowledge, before } = entering
  const { sites } = knowledge.terminology<SitesFile>('metastatic-sites')
  const of = (site: string): Entered | undefined => {
    const row = sites.find((one) => one.value === site)
    if (row === undefined) return undefined
    const [code, icd, place] = [row.snomed?.[0], row.icd10?.[0], row.bodySites?.[0]]
    const words = plainPhrase(row.words) ?? site
    const bodySite = concept(words, place === undefined ? undefined : snomed(place))
    const coded = concept(
      `Metastasis to ${words}`,
      code === undefined ? undefined : snomed(code),
      code === undefined && icd !== undefined ? icd10(icd) : undefined,
    )
    return condition(entering, coded, true, {
      meta: { profile: [`${MCODE}secondary-cancer-condition`] },
      bodySite: [bodySite],
      onsetDateTime: entering.on,
    })
  }
  if (definition.id === 'metastatic-sites' && Array.isArray(value)) {
    const here = new Set(Array.isArray(before?.value) ? (before.value as readonly string[]) : [])
    const added = (value as readonly string[]).filter((site) => !here.has(site)).map(of)
    return added.length === 0 || added.some((one) => one === undefined) ? [] : [{ resources: added as Entered[] }]
  }
  const site = /^(.*)-metastases$/.exec(definition.id)?.[1]
  if (site === undefined || typeof value !== 'boolean') return []
  if (value) {
    const found = of(site)
    return found === undefined ? [] : [one(found)]
  }
  return [one(report(entering, `MRI of the ${site}`, 'Radiology', `No ${site} metastases.`))]
}

/** What is said of the metastases of one site: symptoms. */
export const symptomatic: Writer = (entering) => {
  const { definition, value, knowledge, chart } = entering
  const site = /^(.*)-symptomatic$/.exec(definition.id)?.[1]
  if (site === undefined || typeof value !== 'boolean') return []
  const { sites, symptomQuestions } = knowledge.terminology<SitesFile>('metastatic-sites')
  const row = sites.find((one) => one.value === site)
  const question = plainPhrase(symptomQuestions)
  if (row === undefined || question === undefined) return []
  const about = chart.ofType('Condition').find((resource) => {
    const code = conceptOf(resource.code)
    const keys = codeKeysOf(code)
    return (
      row.snomed?.some((one) => keys.some((key) => key.endsWith(`|${one}`))) === true ||
      row.icd10?.some((one) => code.codings.some((coding) => coding.code.startsWith(one))) === true ||
      wordsOf(code).some(
        (text) => /metasta/i.test(text) && row.words.some((word) => text.toLowerCase().includes(word.replace(/\*.*/, '').toLowerCase())),
      )
    )
  })
  if (about?.id === undefined) return []
  const said = { focus: [{ reference: `Condition/${about.id}` }], valueBoolean: value }
  return [
    one(observation(entering, 'exam', concept(`Metastasis causes symptoms`), said)),
    one(observation(entering, 'exam', concept(question), said)),
  ]
}

/** How the disease answers: mCODE cancer disease status. */
export const diseaseStatus: Writer = (entering) => {
  const { definition, value, knowledge } = entering
  if (definition.id !== 'disease-status' || typeof value !== 'string') return []
  const file = knowledge.terminology<ResponseFile>('response')
  const key = file.observation.codes[0]?.split('|')
  const code = Object.entries(file.codes).find(([, meaning]) => meaning === value)?.[0]
  if (key?.[1] === undefined || code === undefined) return []
  const said = { valueCodeableConcept: concept(definition.values?.[value] ?? value, snomed(code)) }
  return [one(observation(entering, 'exam', concept('Cancer disease status', loinc(key[1])), said, 'cancer-disease-status'))]
}

function report({ on, patient, who, newId }: Entering, title: string, category: string, conclusion: string): Entered {
  return {
    resourceType: 'DiagnosticReport',
    id: newId(),
    status: 'final',
    category: [{ text: category }],
    code: { text: title },
    subject: { reference: patient },
    effectiveDateTime: on,
    performer: [{ reference: who }],
    conclusion,
  }
}
