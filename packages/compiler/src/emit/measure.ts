import type { KnowledgeBase, MeasureGroup, QualityMeasure } from '@secondwind/core'
import { canonicalOf, fhirId, header, type Json, provenance } from './cpg-resource.ts'
import { definitionOf, libraryOf } from './cql.ts'

const HL7 = 'http://terminology.hl7.org/CodeSystem'

const STATUS: { readonly [status in QualityMeasure['status']]: string } = {
  endorsed: 'in a national programme',
  published: 'used in a published study',
  concept: 'a concept under development',
  internal: 'our own proposal, endorsed by nobody',
}

/**
 * The quality measures as FHIR R4 Measure resources: proportions whose groups are names in the CQL library of the measures. A measure that counts the
 * items of a list asks its groups of an item, which no CQL of a case can say: there the group is said in words.
 */
export const measureResources = (knowledge: KnowledgeBase): readonly Json[] =>
  (knowledge.quality ?? []).map((measure) => measureResource(measure, knowledge))

function measureResource(measure: QualityMeasure, knowledge: KnowledgeBase): Json {
  const { version } = knowledge
  const isOfItems = measure.each !== undefined
  const group = (code: string, display: string, part: string, { say, when: _ }: MeasureGroup): Json => ({
    code: { coding: [{ system: `${HL7}/measure-population`, code, display }] },
    description: say,
    criteria: isOfItems
      ? { description: say, language: 'text/plain', expression: say }
      : {
          description: say,
          // R4 binds this language to MIME types: an expression of one quoted name, not text/cql-identifier
          language: 'text/cql',
          expression: `"${definitionOf({ entry: measure.id, part })}"`,
          reference: canonicalOf('Library', libraryOf('quality'), version),
        },
  })
  const known = measure.identifiers.length > 0 ? ` Known as ${measure.identifiers.join(', ')}.` : ''
  return {
    ...header('Measure', fhirId('quality', measure.id), measure.title, knowledge),
    subjectCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }] },
    description: `${measure.title}: ${STATUS[measure.status]}.${known}`,
    ...provenance(measure, knowledge),
    ...(isOfItems ? {} : { library: [canonicalOf('Library', libraryOf('quality'), version)] }),
    disclaimer: [
      'What is not known is neither reached nor missed: it is counted apart.',
      ...measure.limits.map((limit) => `${limit[0]!.toUpperCase()}${limit.slice(1)}.`),
    ].join(' '),
    scoring: { coding: [{ system: `${HL7}/measure-scoring`, code: 'proportion' }] },
    type: [{ coding: [{ system: `${HL7}/measure-type`, code: 'process' }] }],
    rationale: measure.because,
    improvementNotation: {
      coding: [{ system: `${HL7}/measure-improvement-notation`, code: measure.direction === 'higher' ? 'increase' : 'decrease' }],
    },
    group: [
      {
        code: { text: measure.title },
        ...(measure.patients ? { description: `Of patients: ${measure.patients.say}` } : {}),
        population: [
          group('initial-population', 'Initial Population', 'population', measure.population),
          group('denominator', 'Denominator', 'population', measure.population),
          ...measure.exclusions.map((e) => group('denominator-exclusion', 'Denominator Exclusion', `exclusion ${e.id}`, e)),
          group('numerator', 'Numerator', 'numerator', measure.numerator),
          ...measure.exceptions.map((e) => group('denominator-exception', 'Denominator Exception', `exception ${e.id}`, e)),
        ],
      },
    ],
  }
}
