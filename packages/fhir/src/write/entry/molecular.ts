import { concept, type Entering, loinc, observation, one, type Proposal, UCUM, type Writer } from './proposal.ts'

interface BiomarkerFile {
  readonly tests: readonly {
    readonly code: string
    readonly genes?: readonly string[]
    readonly about?: string
    readonly part?: true
    readonly measure?: string
    readonly covers?: string
    readonly method?: string
    readonly sample?: string
  }[]
  readonly answers: {
    readonly present: readonly string[]
    readonly absent: readonly string[]
    readonly msiHigh: readonly string[]
    readonly msiStable: readonly string[]
  }
}

const answer = (code: string, text: string) => ({ valueCodeableConcept: concept(text, loinc(code)) })

/** What a stain, a count or a ratio of the registry is called among the measures of `biomarker-codes.yaml`: the end of the fact's name. */
const measuresOf = (fact: string): readonly string[] => {
  const last = fact.split('-').slice(-1)[0]!
  return fact.endsWith('copy-number')
    ? ['copies']
    : fact.endsWith('cep7-ratio')
      ? ['ratio']
      : fact === 'her2-ihc'
        ? ['her2-grade']
        : [fact, last]
}

/** Results of the tumour: the test that is about this very alteration, else the fact's own name with its result in plain words. */
export const molecular: Writer = (entering) => {
  const { definition, value, knowledge } = entering
  if (definition.group !== 'biomarkers') return []
  const file = knowledge.terminology<BiomarkerFile>('biomarker-codes')
  if (typeof value === 'number') return numbers(entering, file)
  if (typeof value !== 'boolean') return []
  const proposals: Proposal[] = []
  const result = value ? answer(file.answers.present[0]!, 'Present') : answer(file.answers.absent[0]!, 'Absent')
  const about = file.tests.find((test) => test.about === definition.id && test.part === undefined && test.sample === undefined)
  if (about !== undefined) proposals.push(one(tumourTest(entering, concept(definition.label, loinc(about.code)), result)))
  if (definition.id.startsWith('msi')) {
    const test = file.tests.find(({ measure }) => measure === 'msi')
    const [code, text] = value ? [file.answers.msiHigh[0]!, 'MSI-high'] : [file.answers.msiStable[0]!, 'MSI-stable']
    if (test !== undefined) proposals.push(one(tumourTest(entering, concept(definition.label, loinc(test.code)), answer(code, text))))
  }
  proposals.push(one(tumourTest(entering, concept(definition.label), result)))
  const words = value ? 'detected' : 'not detected'
  proposals.push(one(tumourTest(entering, concept(definition.label), { valueString: words })))
  const name = plainName(definition.label)
  if (name !== definition.label) {
    proposals.push(one(tumourTest(entering, concept(name), result)))
    proposals.push(one(tumourTest(entering, concept(name), { valueString: words })))
  }
  proposals.push(one(tumourTest(entering, concept('Molecular testing of the tumour'), { valueString: `${name}: ${words}` })))
  return proposals
}

/** A label without what stands in brackets and after a comma. */
const plainName = (label: string): string =>
  label
    .replace(/\s*\([^)]*\)/g, '')
    .replace(/,.*$/, '')
    .trim()

const tumourTest = (entering: Entering, code: ReturnType<typeof concept>, value: { readonly [element: string]: unknown }) =>
  observation(entering, 'laboratory', code, value, 'tumor-marker-test')

function numbers(entering: Entering, { tests }: BiomarkerFile): readonly Proposal[] {
  const { definition, value } = entering
  const unit = definition.unit ?? '1'
  const quantity = { valueQuantity: { value, unit: unit === '{score}' ? '1' : unit, system: UCUM, code: unit === '{score}' ? '1' : unit } }
  const gene = definition.id.split('-')[0]!.toUpperCase()
  const wanted = measuresOf(definition.id)
  const test = tests.find(
    ({ measure, genes }) =>
      measure !== undefined && wanted.includes(measure) && (genes === undefined || genes.some((g) => g === gene || gene === 'HER2')),
  )
  const name = plainName(definition.label)
  return [
    ...(test === undefined ? [] : [one(tumourTest(entering, concept(definition.label, loinc(test.code)), quantity))]),
    one(tumourTest(entering, concept(definition.label), quantity)),
    one(tumourTest(entering, concept(name), quantity)),
    one(tumourTest(entering, concept(name), { valueInteger: value })),
    one(tumourTest(entering, concept(name), { valueString: `${String(value)}${unit === '%' ? '%' : ''}` })),
    one(tumourTest(entering, concept(definition.label), { valueString: `${definition.label} ${String(value)}${unit === '%' ? '%' : ''}` })),
  ]
}
