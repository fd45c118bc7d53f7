import {
  type AlertHold,
  type AlertRule,
  type Criterion,
  criterionText,
  type DoseAdjustment,
  type FactDefinition,
  type InteractionRule,
  type OptionRule,
  type OutlookPopulation,
  type Regimen,
  type RestsOn,
  type SafetyRule,
  type SupportRule,
  type Target,
  type TestDefinition,
  type TrialRule,
  type Vocabulary,
} from '@secondwind/core'
import type { KnowledgeKind, KnowledgePart } from '../contract/knowledge.ts'
import type { EntryIndex, IndexedEntry } from './entries.ts'
import { nameOf } from './entries.ts'

type Line = KnowledgePart['lines'][number]

const part = (name: KnowledgePart['name'], lines: readonly Line[]): readonly KnowledgePart[] =>
  lines.length === 0 ? [] : [{ name, lines }]
const texts = (list: readonly string[] | undefined): readonly Line[] => (list ?? []).map((text) => ({ text }))

/** What an entry does, in groups of lines, as it was written; conditions in plain words. */
export function partsOf(entry: IndexedEntry, words: Vocabulary, index: EntryIndex): readonly KnowledgePart[] {
  const named = (kind: KnowledgeKind, ids: readonly string[]): readonly Line[] =>
    ids.map((id) => {
      const found = index.named(id).find((one) => one.kind === kind)
      return found === undefined ? { text: id } : { text: found.title, of: nameOf(found) }
    })
  const said = (one: { readonly say: string; readonly when?: Criterion }): Line => ({
    text: one.say,
    ...(one.when === undefined ? {} : { when: criterionText(one.when, words) }),
  })
  switch (entry.kind) {
    case 'options': {
      const { standing, against, cautions, concurrent, regimens, restsOn } = entry.value as OptionRule
      return [
        ...part(
          'standing',
          standing.map(({ as, because, when }) => ({
            text: because,
            as,
            ...(when === undefined ? {} : { when: criterionText(when, words) }),
          })),
        ),
        ...part('components', named('regimens', regimens)),
        ...part('rests-on', restsOn === undefined ? [] : restLines(restsOn, named)),
        ...part('against', against.map(said)),
        ...part('cautions', cautions.map(said)),
        ...part(
          'concurrent',
          concurrent.map((one) => ({ ...said(one), text: `${one.say}: ${one.because}` })),
        ),
      ]
    }
    case 'safety': {
      const { applies } = entry.value as SafetyRule
      return part('applies', targetLines(applies, named))
    }
    case 'alerts': {
      const { actions, suspect, holds } = entry.value as AlertRule
      return [
        ...part('actions', texts(actions)),
        ...part(
          'suspected',
          suspect === undefined ? [] : [{ text: suspect.title, when: criterionText(suspect.when, words) }, ...texts(suspect.actions)],
        ),
        ...part('holds', [...holdLines(holds, words), ...holdLines(suspect?.holds, words)]),
      ]
    }
    case 'support':
      return part('actions', (entry.value as SupportRule).actions.map(said))
    case 'interactions': {
      const { applies, between, window } = entry.value as InteractionRule
      return [
        ...part('between', texts(between)),
        ...part('applies', targetLines(applies, named)),
        ...part('window', window === undefined ? [] : [{ text: window.text }]),
      ]
    }
    case 'tests':
      return part('settles', named('facts', (entry.value as TestDefinition).settles))
    case 'trials': {
      const {
        criteria,
        check,
        drugs = [],
      } = entry.value as TrialRule & { readonly criteria: readonly { readonly kind: string; readonly say: string }[] }
      return [
        ...part('components', texts(drugs)),
        ...part(
          'trial-criteria',
          criteria.map(({ kind, say }) => ({ text: say, as: kind })),
        ),
        ...part('check', texts(check)),
      ]
    }
    case 'outlook':
      return part('limits', texts((entry.value as OutlookPopulation).limits))
    case 'regimens':
      return part('components', regimenLines(entry.value as Regimen))
    case 'facts':
      return part(
        'values',
        Object.values((entry.value as FactDefinition).values ?? {}).map((text) => ({ text })),
      )
    case 'sources':
      return part(
        'cited-by',
        index.all
          .filter(({ cites }) => cites.some(({ source }) => source === entry.id))
          .map((one) => ({ text: one.title, of: nameOf(one) })),
      )
    default:
      return []
  }
}

function targetLines(target: Target, named: (kind: KnowledgeKind, ids: readonly string[]) => readonly Line[]): readonly Line[] {
  const { drugs, classes, set, together, approaches, procedures, techniques, sites, options, exceptDrugs, exceptOptions } = target
  const plain = (list: readonly string[] | undefined, joined = false): readonly Line[] =>
    list === undefined ? [] : joined ? [{ text: list.join(' + ') }] : texts(list.map((one) => one.replaceAll('-', ' ')))
  const except = [...(exceptDrugs ?? []), ...(exceptOptions ?? [])]
  return [
    ...plain(drugs),
    ...plain(classes),
    ...plain(set, true),
    ...plain(together, true),
    ...plain(approaches),
    ...plain(procedures),
    ...plain(techniques),
    ...plain(sites),
    ...(options === undefined ? [] : named('options', options)),
    ...(except.length === 0 ? [] : [{ text: `except ${except.join(', ')}` }]),
  ]
}

const restLines = (
  { brainActivity, ...target }: RestsOn,
  named: (kind: KnowledgeKind, ids: readonly string[]) => readonly Line[],
): readonly Line[] => [
  ...targetLines(target, named),
  ...(brainActivity === undefined ? [] : [{ text: `activity in the brain: ${brainActivity.join(', ')}` }]),
]

const holdLines = (hold: AlertHold | undefined, words: Vocabulary): readonly Line[] =>
  hold === undefined
    ? []
    : [
        {
          text: [...(hold.drugs ?? []), ...(hold.classes ?? [])].join(', '),
          ...(hold.when === undefined ? {} : { when: criterionText(hold.when, words) }),
        },
      ]

function regimenLines({ components, cycleDays, cycles, concurrent }: Regimen): readonly Line[] {
  return [
    ...(cycleDays === undefined ? [] : [{ text: `every ${cycleDays} days${cycles === undefined ? '' : `, ${cycles} cycles`}` }]),
    ...components.map(({ drug, dose, unit, route, days }) => ({
      text: `${drug} ${dose === undefined ? '' : `${dose} ${unit} `}${route}, ${typeof days === 'string' ? days : `day ${days.join(', ')}`}`,
    })),
    ...concurrent.map(({ say, because }) => ({ text: `${say}: ${because}` })),
  ]
}

/** What the entry says of itself, beside its title. */
export function saysOf({ kind, value, title }: IndexedEntry): readonly string[] {
  const {
    say,
    because,
    priorityBecause,
    ask,
    against,
    check: _check,
  } = value as {
    readonly say?: unknown
    readonly because?: unknown
    readonly priorityBecause?: unknown
    readonly ask?: unknown
    readonly against?: unknown
    readonly check?: unknown
  }
  const own = [say, because, priorityBecause, ask, kind === 'trials' ? against : undefined]
  return own.filter((text): text is string => typeof text === 'string' && text !== title)
}

/** What a dose rule does, in words. */
export function doseWords({ drug, route, factor, dose, omit, days }: DoseAdjustment): string {
  const what =
    omit === true
      ? 'not given'
      : factor !== undefined
        ? `${Math.round(factor * 100)} % of the dose`
        : dose !== undefined
          ? `dose ${dose}`
          : 'said beside the dose'
  return `${drug}${route === undefined ? '' : ` (${route})`}: ${what}${days === undefined ? '' : `, ${days}`}`
}
