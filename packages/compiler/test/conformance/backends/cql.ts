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

/** Runs compiled libraries in `cql-execution`; the last one holds the questions. */
export async function runElm(elm: readonly object[], batch: Batch): Promise<readonly (readonly Truth[])[]> {
  const main = new cql.Library(elm.at(-1)!, new cql.Repository(elm.slice(0, -1)))
  const day = isoDay(latestDay(batch.asOf)!)
  const asOf = cql.Date.parse(day)
  const executor = new cql.Executor(main, undefined, { 'As of': asOf })
  const source = cqlFhir.PatientSource.FHIRv401()
  // ids of their own: a case may carry any name
  source.loadBundles(batch.cases.map((c, i) => caseFeatures({ ...c, patient: `Patient/case-${i}` }, batch.words.facts)))
  const { patientResults } = await executor.exec(indexed(source))
  return batch.cases.map((_, i) => {
    const answers = patientResults[`case-${i}`]!
    return batch.questions.map(({ id }) => truthOfCql(answers[id]))
  })
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
    const [{ code }] = [record.getCode('code')].flat() as [{ code: string }]
    byCode.set(code, [...(byCode.get(code) ?? []), record])
  }
  patient.findRecords = (profile, details) => {
    const code = (details as { codes?: { code: string }[] } | undefined)?.codes?.[0]?.code
    return code === undefined ? find(profile, details) : (byCode.get(code) ?? [])
  }
}

function truthOfCql(value: unknown): Truth {
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
