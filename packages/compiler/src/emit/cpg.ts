import type { Entry, KnowledgeBase, OptionRule, RestsOn, Target } from '@secondwind/core'
import { activities, regimenId, serviceId, testId } from './cpg-activities.ts'
import { canonicalOf, condition, fhirId, header, type Json, planType, provenance } from './cpg-resource.ts'
import { type CqlEdition, libraryOf } from './cql.ts'
import { cqlText } from './cql-print.ts'
import { elmJson } from './elm-tree.ts'
import { measureResources } from './measure.ts'
import type { RuleKind } from './rules.ts'

/**
 * The knowledge base as FHIR R4, in the manner of the CPG-on-FHIR guide: Library (CQL with its ELM), PlanDefinition (one a rule, its condition a
 * name in a library), ActivityDefinition (what can be asked for) and Measure. Everything is a draft and a proposal.
 *
 * What CQL cannot carry is said in words in the same resource: the order of standings, what an unknown does, which drugs a rule is aimed at.
 */
export function cpgResources(knowledge: KnowledgeBase, edition: CqlEdition): readonly Json[] {
  return [...libraries(knowledge, edition), ...rules(knowledge), ...activities(knowledge), ...measureResources(knowledge)]
}

function libraries(knowledge: KnowledgeBase, edition: CqlEdition): readonly Json[] {
  const data = (text: string): string => Buffer.from(text, 'utf8').toString('base64')
  return edition.libraries.map((library) => ({
    ...header('Library', library.id, library.about, knowledge),
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/library-type', code: 'logic-library' }] },
    subjectCodeableConcept: { coding: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Patient' }] },
    ...(library.includes.length > 0
      ? { relatedArtifact: library.includes.map((id) => ({ type: 'depends-on', resource: canonicalOf('Library', id, edition.version) })) }
      : {}),
    ...(library.hasAsOf ? { parameter: [{ name: 'As-of', use: 'in', min: 0, max: '1', type: 'date' }] } : {}),
    content: [
      { contentType: 'text/cql', data: data(cqlText(library)) },
      { contentType: 'application/elm+json', data: data(JSON.stringify(elmJson(library))) },
    ],
  }))
}

function rules(knowledge: KnowledgeBase): readonly Json[] {
  const { version } = knowledge
  const rule = (kind: RuleKind, entry: Entry, title: string, action: readonly Json[]): Json => ({
    ...header('PlanDefinition', fhirId(kind, entry.id), title, knowledge),
    ...provenance(entry, knowledge),
    ...planType('eca-rule'),
    library: [canonicalOf('Library', libraryOf(kind), version)],
    action,
  })
  const when = (kind: RuleKind, entry: string, part = ''): Json => ({ condition: [condition(kind, entry, part, version)] })
  return [
    ...knowledge.options.map((option) => rule('treatment', option, option.title, [optionAction(option, version)])),
    ...knowledge.safety.map((s) =>
      rule('safety', s, s.title, [
        {
          title: { bar: 'Not advised', caution: 'Caution', check: 'Settle before the first dose' }[s.effect],
          description: s.say,
          textEquivalent: [
            `aimed at ${aim(s.applies)}`,
            s.effect === 'bar' ? `unknown: ${UNKNOWN[s.whenUnknown]}` : '',
            s.lowersTo === undefined ? '' : `while true an option stands at most ${s.lowersTo}`,
          ]
            .filter(Boolean)
            .join('; '),
          ...when('safety', s.id),
        },
      ]),
    ),
    ...knowledge.testRules.map((t) =>
      rule('tests', t, knowledge.tests.find(({ id }) => id === t.test)?.title ?? t.test, [
        {
          title: 'Test due',
          description: t.say,
          ...when('tests', t.id),
          definitionCanonical: canonicalOf('ActivityDefinition', testId(t.test), version),
        },
      ]),
    ),
    ...knowledge.alerts.map((a) =>
      rule('alerts', a, a.title, [
        { title: a.title, priority: 'stat', ...when('alerts', a.id), action: a.actions.map((say) => ({ description: say })) },
        ...(a.suspect
          ? [
              {
                title: a.suspect.title,
                priority: 'stat',
                ...when('alerts', a.id, 'suspect'),
                action: [
                  ...a.suspect.actions.map((say) => ({ description: say })),
                  ...(a.suspect.test ? [{ definitionCanonical: canonicalOf('ActivityDefinition', testId(a.suspect.test), version) }] : []),
                ],
              },
            ]
          : []),
      ]),
    ),
    ...knowledge.support.map((s) =>
      rule('supportive', s, s.title, [
        {
          title: s.title,
          ...when('supportive', s.id),
          definitionCanonical: canonicalOf('ActivityDefinition', serviceId(s.service), version),
          action: s.actions.map((one, i) => ({ description: one.say, ...(one.when ? when('supportive', s.id, `action ${i + 1}`) : {}) })),
        },
      ]),
    ),
    ...knowledge.interactions.map((i) =>
      rule('interactions', i, i.title, [
        {
          title: 'Clash',
          description: i.say,
          textEquivalent: `aimed at ${aim(i.applies)}${i.window ? `; ${i.window.text}` : ''}`,
          ...when('interactions', i.id),
        },
      ]),
    ),
    ...knowledge.trials.map((t) =>
      rule('trials', t, t.title, [
        {
          title: 'Ask whether the trial still recruits',
          description: t.check.length > 0 ? `For a person to check: ${t.check.join('; ')}` : t.against,
          ...when('trials', t.id),
        },
      ]),
    ),
  ]
}

function optionAction(option: OptionRule, version: string): Json {
  const when = (part: string): Json => ({ condition: [condition('treatment', option.id, part, version)] })
  const said = (list: readonly { readonly say: string; readonly when?: unknown }[], title: string, part: string): readonly Json[] =>
    list.map((one, i) => ({ title, description: one.say, ...(one.when ? when(`${part} ${i + 1}`) : {}) }))
  const what = [
    option.procedure ? `procedure: ${option.procedure}` : '',
    option.technique ? `technique: ${option.technique}` : '',
    option.drugsFrom ? 'about the drugs that run now' : '',
    option.restsOn ? `rests on ${carriers(option.restsOn)}: stands no higher than the best of those open to the patient` : '',
  ].filter(Boolean)
  return {
    title: option.title,
    ...(what.length > 0 ? { description: what.join('; ') } : {}),
    textEquivalent: 'where the condition is unknown the option needs data; every safety rule aimed at its drugs applies',
    ...when(''),
    action: [
      {
        title: 'Standing',
        description: 'the first that is true; one that is unknown is passed over and its facts are asked for',
        groupingBehavior: 'logical-group',
        selectionBehavior: 'at-most-one',
        action: option.standing.map((row, i) => ({
          title: row.as,
          description: row.because,
          ...(row.when ? when(`standing ${i + 1}`) : {}),
        })),
      },
      ...(option.regimens.length > 0
        ? [
            {
              title: 'Regimen',
              description: 'the first is preferred',
              groupingBehavior: 'logical-group',
              selectionBehavior: 'exactly-one',
              action: option.regimens.map((id) => ({ definitionCanonical: canonicalOf('PlanDefinition', regimenId(id), version) })),
            },
          ]
        : []),
      ...said(option.cautions, 'Caution', 'caution'),
      ...said(option.concurrent, 'With it', 'concurrent'),
      ...said(option.against, 'Against it', 'against'),
    ],
  }
}

const UNKNOWN = {
  'needs-data': 'the option needs data',
  conditional: 'the option is offered on condition',
  check: 'to be settled before the first dose',
  ignore: 'ignored',
} as const

const carriers = ({ brainActivity, ...target }: RestsOn): string =>
  [aim(target), brainActivity ? `activity in the brain ${brainActivity.join(' or ')}` : ''].filter(Boolean).join('; ')

function aim(target: Target): string {
  const lists: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['drugs', target.drugs],
    ['classes', target.classes],
    ['all of', target.set],
    ['both of', target.together],
    ['approaches', target.approaches],
    ['procedures', target.procedures],
    ['techniques', target.techniques],
    ['sites', target.sites],
    ['options', target.options],
    ['except drugs', target.exceptDrugs],
    ['except options', target.exceptOptions],
  ]
  return lists.flatMap(([name, ids]) => (ids ? [`${name} ${ids.join(', ')}`] : [])).join('; ')
}
