import { type Criterion, isoDay, latestDay, type Truth } from '@secondwind/core'
import cqlFhir from 'cql-exec-fhir'
import cql from 'cql-execution'
import { caseFeatures, criterionElm, type ElmLibrary, elmJson, elmScope, factsLibrary } from '../../../src/index.ts'
import type { Backend, Batch } from './backend.ts'

const VERSION = '1'

/** The libraries of a batch, facts first and the questions last. */
export function batchLibraries({ words, questions }: Pick<Batch, 'words' | 'questions'>): readonly ElmLibrary[] {
  const named = [...words.named].map(([id, { when }]) => ({ id, when }))
  const asked: readonly Criterion[] = [...named, ...questions].map(({ when }) => when)
  const library = (
    id: string,
    includes: readonly string[],
    rules: readonly { readonly id: string; readonly when: Criterion }[],
  ): ElmLibrary => {
    const scope = elmScope(words.facts, includes.includes('SecondWindCriteria') ? 'Criteria' : undefined)
    return {
      id,
      version: VERSION,
      about: id,
      includes,
      codes: [],
      hasAsOf: false,
      definitions: rules.map((rule) => ({ name: rule.id, expression: criterionElm(rule.when, scope) })),
    }
  }
  return [
    factsLibrary(words.facts, asked, VERSION),
    library('SecondWindCriteria', ['SecondWindFacts'], named),
    library('SecondWindQuestions', ['SecondWindFacts', 'SecondWindCriteria'], questions),
  ]
}

export interface PatientSource {
  currentPatient(): unknown
  nextPatient(): unknown
}

/** Runs compiled libraries in `cql-execution`; the last one holds the questions. Answers by patient id and definition. */
export async function runLibrary(elm: readonly object[], asOf: string, source: PatientSource) {
  const main = new cql.Library(elm.at(-1)!, new cql.Repository([...elm.slice(0, -1)]))
  const executor = new cql.Executor(main, undefined, { 'As of': cql.Date.parse(isoDay(latestDay(asOf)!)) })
  const { patientResults } = await executor.exec(source as Parameters<typeof executor.exec>[0])
  return patientResults
}

export function openFeatures(bundles: readonly object[]): PatientSource {
  const source = cqlFhir.PatientSource.FHIRv401()
  source.loadBundles([...bundles])
  return indexed(source)
}

export async function runElm(elm: readonly object[], batch: Batch): Promise<readonly (readonly Truth[])[]> {
  // ids of their own: a case may carry any name
  const bundles = batch.cases.map((c, i) => caseFeatures({ ...c, patient: `Patient/case-${i}` }, batch.words.facts))
  const results = await runLibrary(elm, batch.asOf, openFeatures(bundles))
  return batch.cases.map((_, i) => batch.questions.map(({ id }) => truthOfCql(results[`case-${i}`]![id])))
}

/** `cql-exec-fhir` looks through all Observations for each code that is asked; here each is found at once. The answers are the same. */
function indexed(source: FhirSource): FhirSource {
  const current = source.currentPatient.bind(source)
  source.currentPatient = () => {
    const patient = current()
    if (patient) index(patient)
    return patient
  }
  return source
}

type FhirSource = ReturnType<typeof cqlFhir.PatientSource.FHIRv401>

function index(patient: NonNullable<ReturnType<FhirSource['currentPatient']>>): void {
  const find = patient.findRecords.bind(patient)
  const byCode = new Map<string, ReturnType<typeof find>>()
  for (const record of find('http://hl7.org/fhir/StructureDefinition/Observation', undefined)) {
    const [{ code }] = [record.getCode('code') as { readonly code: string } | readonly { readonly code: string }[]].flat() as unknown as [
      { code: string },
    ]
    byCode.set(code, [...(byCode.get(code) ?? []), record])
  }
  patient.findRecords = (profile, details) => {
    const code = (details as { codes?: { code: string }[] } | undefined)?.codes?.[0]?.code
    return code === undefined ? find(profile, details) : (byCode.get(code) ?? [])
  }
}

export function truthOfCql(value: unknown): Truth {
  if (value === true) return 'true'
  if (value === false) return 'false'
  if (value === null || value === undefined) return 'unknown'
  throw new Error(`cql-execution answered ${JSON.stringify(value)}`)
}

/** Our own ELM, the tree that the CQL text is printed from. */
export const cqlOwnElm: Backend = {
  name: 'CQL (own ELM, cql-execution)',
  answer: (batch) => runElm(batchLibraries(batch).map(elmJson), batch),
}
