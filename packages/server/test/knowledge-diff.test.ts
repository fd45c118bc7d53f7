import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { changeKey, comparePlans } from '@secondwind/care'
import { diffKnowledge, graft, type OpenedBase } from '@secondwind/compiler'
import type { KnowledgeBase, OptionRule, PlanDocument, SafetyRule } from '@secondwind/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { runKnowledgeDiff } from '../src/cli/knowledge-diff.ts'
import { openKnowledge, planChart } from '../src/compose.ts'
import { type Cohort, type CohortPatient, readCohort } from '../src/what-changed/cohort.ts'
import { diffText } from '../src/what-changed/diff-text.ts'
import { type KnowledgeDiff, knowledgeDiff } from '../src/what-changed/knowledge-diff.ts'
import { worklist } from '../src/what-changed/worklist.ts'

const PATIENTS = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../fixtures/patients')
const AS_OF = '2026-11-23'
const EGFR = 'egfr-exon19-brain-mets-fit.json'

let base: OpenedBase
let cohort: Cohort

beforeAll(() => {
  base = opened(openKnowledge().knowledge)
  cohort = cohortOf(EGFR, 'no-driver-pdl1-80-fit.json', 'cord-compression-suspected.json', 'stage-iiia.json')
}, 240_000)

const opened = (knowledge: KnowledgeBase): OpenedBase => ({ name: 'test', knowledge, places: {}, findings: [] })

function cohortOf(...files: readonly string[]): Cohort {
  const members = files.flatMap((file) => patientsOf(path.join(PATIENTS, file)))
  return { members: () => members }
}

function patientsOf(over: string): readonly CohortPatient[] {
  const read = readCohort(over)
  if (!read.ok) throw new Error(JSON.stringify(read.error))
  return [...read.value.members()].map((member) => {
    if ('unread' in member) throw new Error(JSON.stringify(member.unread))
    return member
  })
}

type ListKind = 'options' | 'safety' | 'regimens' | 'alerts' | 'criteria' | 'support' | 'dosing' | 'facts'

/** The base with one entry edited (or taken out, where the edit gives undefined). */
function edited<K extends ListKind>(
  knowledge: KnowledgeBase,
  kind: K,
  id: string,
  edit: (entry: KnowledgeBase[K][number]) => unknown,
): KnowledgeBase {
  const list = knowledge[kind] as readonly { readonly id: string }[]
  if (!list.some((entry) => entry.id === id)) throw new Error(`the base has no ${kind}/${id}`)
  return {
    ...knowledge,
    [kind]: list.flatMap((entry) => (entry.id === id ? [edit(entry as KnowledgeBase[K][number])].filter((e) => e !== undefined) : [entry])),
    digest: `${knowledge.digest} ${kind}/${id}`,
  } as KnowledgeBase
}

const compare = (after: KnowledgeBase, over: Cohort = cohort, before: KnowledgeBase = base.knowledge): KnowledgeDiff => {
  const result = knowledgeDiff(opened(before), opened(after), { over: 'test', asOf: AS_OF, read: over })
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

const changesOf = (diff: KnowledgeDiff, file: string) => diff.cohort!.changed.find((p) => p.file === file)?.changes ?? []

function planOf(file: string, knowledge = base.knowledge): PlanDocument {
  const made = planChart(patientsOf(path.join(PATIENTS, file))[0]!.chart, { knowledge, asOf: AS_OF, overrides: [] })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  return made.value
}

/** The rule of the first option of the fit patient with EGFR and of the one behind it. */
function firstRules(): readonly [OptionRule, OptionRule] {
  const seen = new Set(planOf(EGFR).options.map((o) => o.id.split(':')[0]!))
  const [a, b] = [...seen].map((id) => base.knowledge.options.find((rule) => rule.id === id)!)
  return [a!, b!]
}

describe('no false difference', () => {
  test('a base has none from itself, nor from a copy whose entries stand elsewhere and whose fields are in another order', () => {
    const moved = JSON.parse(JSON.stringify(base.knowledge), (_key, value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value as object)
              .reverse()
              .map(([k, v]) => [k, /\.yaml:\d+$/.test(String(v)) ? 'elsewhere.yaml:1' : v]),
          )
        : value,
    ) as KnowledgeBase
    const other = { ...moved, options: [...moved.options].reverse(), sources: moved.sources, digest: 'other' }
    expect(diffKnowledge(base, base)).toEqual([])
    expect(diffKnowledge(base, opened(other))).toEqual([])
    expect(compare(other).cohort).toMatchObject({ changed: [], notCompared: [], lentTables: [] })
  })

  test('plans of every fixture by the same base are the same', () => {
    const all = patientsOf(PATIENTS)
    expect(all.length).toBeGreaterThanOrEqual(26)
    for (const { chart } of all) {
      const [a, b] = [0, 1].map(() => planChart(chart, { knowledge: base.knowledge, asOf: AS_OF, overrides: [] }))
      if (a!.ok && b!.ok) expect(comparePlans(a!.value, b!.value)).toEqual([])
    }
  })

  test('a text in other words changes no decision, and stands on no worklist', () => {
    const [rule] = firstRules()
    const diff = compare(edited(base.knowledge, 'options', rule.id, (o) => ({ ...o, title: 'Another title' })))
    expect(diff.rules).toMatchObject([{ key: `options/${rule.id}`, weight: 'wording' }])
    expect(diff.cohort!.changed.length).toBeGreaterThan(0)
    expect(diff.cohort!.changed.every((p) => p.priority === 4)).toBe(true)
    expect(changesOf(diff, EGFR)[0]!.causes).toEqual([{ rule: `options/${rule.id}`, how: 'named' }])
    expect(worklist(diff).trim().split('\r\n')).toHaveLength(1)
  })

  test('the same input gives the same output, whatever the order of the resources', () => {
    const [rule] = firstRules()
    const after = edited(base.knowledge, 'options', rule.id, (o) => ({ ...o, standing: [{ as: 'conditional', because: 'test' }] }))
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-test-'))
    const bundle = JSON.parse(fs.readFileSync(path.join(PATIENTS, EGFR), 'utf8')) as { entry: unknown[] }
    fs.writeFileSync(path.join(folder, EGFR), JSON.stringify({ ...bundle, entry: [...bundle.entry].reverse() }))
    const reversed = patientsOf(folder)
    fs.rmSync(folder, { recursive: true })
    expect(JSON.stringify(compare(after, { members: () => reversed }))).toBe(JSON.stringify(compare(after, cohortOf(EGFR))))
  })
})

describe('nothing is missed', () => {
  /** Every place in a document that holds a value, but for the names of the release and of the software. */
  const leavesOf = (value: unknown, at: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...at, Array.isArray(value) ? Number(key) : key]))
      : [at]

  const changed = (value: unknown, [key, ...rest]: readonly (string | number)[]): unknown => {
    if (key === undefined) return typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${String(value)} x`
    if (Array.isArray(value)) return value.map((part, i) => (i === key ? changed(part, rest) : part))
    const record = value as { readonly [key: string]: unknown }
    return { ...record, [key]: changed(record[key as string], rest) }
  }

  test('a change of any one value of a plan is reported, in both directions', () => {
    for (const file of [EGFR, 'cord-compression-suspected.json', 'pneumonitis-on-immunotherapy.json']) {
      const plan = planOf(file)
      const places = leavesOf(plan).filter(([top, second]) => top !== 'knowledge' && second !== 'software')
      fc.assert(
        fc.property(fc.constantFrom(...places), (place) => {
          const other = changed(plan, place) as PlanDocument
          // a rank is told by the order of the options
          if (place[0] === 'options' && place[2] === 'rank') return true
          return comparePlans(plan, other).length > 0 && comparePlans(other, plan).length > 0
        }),
        { seed: 20261123, numRuns: 150 },
      )
    }
  })

  test('what one direction calls new the other calls gone', () => {
    const [rule] = firstRules()
    const without = planOf(
      EGFR,
      edited(base.knowledge, 'options', rule.id, () => undefined),
    )
    const whole = planOf(EGFR)
    const of = (kind: string, a: PlanDocument, b: PlanDocument): string[] =>
      comparePlans(a, b)
        .flatMap((c) => (c.kind === kind ? [c.at] : []))
        .sort()
    expect(of('option-withdrawn', whole, without).length).toBeGreaterThan(0)
    expect(of('option-withdrawn', whole, without)).toEqual(of('new-option', without, whole))
    expect(of('new-option', whole, without)).toEqual(of('option-withdrawn', without, whole))
  })

  test('looked at for decisions and care only, the same decisions and care are found', () => {
    for (const rule of firstRules()) {
      for (const edit of [
        (o: OptionRule) => ({ ...o, standing: [{ as: 'conditional', because: 'test' }] }),
        (o: OptionRule) => ({ ...o, title: 'Another', cautions: [{ say: 'Watch the QTc at 4 weeks' }], cites: o.cites.slice(0, 1) }),
        () => undefined,
      ]) {
        const other = planOf(EGFR, edited(base.knowledge, 'options', rule.id, edit))
        const whole = comparePlans(planOf(EGFR), other)
        expect(comparePlans(planOf(EGFR), other, 'care')).toEqual(whole.filter((c) => c.weight === 'decision' || c.weight === 'care'))
      }
    }
  })

  test('every entry that differs is in the list, and taking all of them gives the other base', () => {
    const [a, b] = firstRules()
    let after = edited(base.knowledge, 'options', a.id, (o) => ({ ...o, priority: 99 }))
    after = edited(after, 'options', b.id, () => undefined)
    const [safety] = after.safety
    after = { ...after, safety: [...after.safety, { ...safety!, id: 'a-new-rule' }] }
    const rules = diffKnowledge(base, opened(after))
    expect(rules.map(({ key, change }) => `${key} ${change}`).sort()).toEqual(
      [`options/${a.id} changed`, `options/${b.id} removed`, 'safety/a-new-rule added'].sort(),
    )
    expect(diffKnowledge(opened(graft(base.knowledge, after, rules)), opened(after))).toEqual([])
    expect(diffKnowledge(opened(graft(base.knowledge, after, [])), base)).toEqual([])
  })
})

describe('how a plan changes, and why', () => {
  test('a lower standing', () => {
    const [rule] = firstRules()
    const diff = compare(edited(base.knowledge, 'options', rule.id, (o) => ({ ...o, standing: [{ as: 'conditional', because: 'test' }] })))
    const standing = changesOf(diff, EGFR).filter((c) => c.kind === 'standing')
    expect(standing.length).toBeGreaterThan(0)
    for (const change of standing) {
      // what rests on the drug falls to the best of those that are left
      const isItself = change.at.startsWith(`options[${rule.id}`)
      expect(change).toMatchObject({ weight: 'decision', before: 'recommended', after: isItself ? 'conditional' : 'alternative' })
      expect(change.causes).toEqual([{ rule: `options/${rule.id}`, how: 'alone' }])
    }
    expect(diff.cohort!.changed[0]).toMatchObject({ file: EGFR, priority: 1 })
  })

  test('an option that is withdrawn, and one that is new', () => {
    const [rule] = firstRules()
    const without = edited(base.knowledge, 'options', rule.id, () => undefined)
    expect(changesOf(compare(without), EGFR).find((c) => c.kind === 'option-withdrawn')).toMatchObject({
      causes: [{ rule: `options/${rule.id}`, how: 'alone' }],
    })
    expect(changesOf(compare(base.knowledge, cohort, without), EGFR).find((c) => c.kind === 'new-option')).toMatchObject({
      causes: [{ rule: `options/${rule.id}`, how: 'alone' }],
    })
  })

  test('a dose of a protocol', () => {
    const [rule] = firstRules()
    const id = rule.regimens[0]!
    const diff = compare(
      edited(base.knowledge, 'regimens', id, (r) => ({
        ...r,
        components: r.components.map((c, i) => (i === 0 ? { ...c, dose: (c.dose ?? 0) / 2 } : c)),
      })),
    )
    const doses = changesOf(diff, EGFR).filter((c) => c.kind === 'dose')
    expect(doses.length).toBeGreaterThan(0)
    for (const change of doses) expect(change.causes).toEqual([{ rule: `regimens/${id}`, how: 'alone' }])
  })

  test('a new bar is newly not advised, and withdraws what it bars', () => {
    const [rule] = firstRules()
    const drug = planOf(EGFR).options[0]!.drugs[0]!
    const bar: SafetyRule = {
      ...base.knowledge.safety.find((s) => s.effect === 'bar' && s.show === 'when-blocking')!,
      id: 'test-bar',
      applies: { drugs: [drug] },
      when: { op: 'const', value: 'true' },
      notAdvised: { treatment: drug, drugs: [drug], match: 'contains' },
    }
    const diff = compare({ ...base.knowledge, safety: [...base.knowledge.safety, bar], digest: 'with the bar' })
    const kinds = changesOf(diff, EGFR).filter((c) => c.causes.some((cause) => cause.rule === 'safety/test-bar'))
    expect(kinds.map((c) => c.kind)).toEqual(expect.arrayContaining(['not-advised', 'option-withdrawn']))
    expect(rule.id).not.toBe('')
  })

  test('an alert whose rule is gone', () => {
    const file = 'cord-compression-suspected.json'
    const [alert] = planOf(file).alerts
    const rules = base.knowledge.alerts.filter((rule) => rule.alert === alert!.id)
    const after = rules.reduce((knowledge, { id }) => edited(knowledge, 'alerts', id, () => undefined), base.knowledge)
    const removed = changesOf(compare(after), file).find((c) => c.kind === 'alert-removed')
    expect(removed).toMatchObject({ at: `alerts[${alert!.id}]`, weight: 'decision' })
    expect(removed!.causes.length).toBeGreaterThan(0)
  })

  test('the named criterion that changed is the cause, not the rules that refer to it', () => {
    const [rule] = firstRules()
    const refs = JSON.stringify(rule.when)
      .match(/"op":"ref","id":"([^"]+)"/g)!
      .map((ref) => ref.split('"')[7]!)
    const diff = compare(edited(base.knowledge, 'criteria', refs[0]!, (c) => ({ ...c, when: { op: 'const', value: 'false' } })))
    const withdrawn = changesOf(diff, EGFR).filter((c) => c.kind === 'option-withdrawn')
    expect(withdrawn.length).toBeGreaterThan(0)
    for (const { causes } of withdrawn) expect(causes).toEqual([{ rule: `criteria/${refs[0]}`, how: 'alone' }])
  })

  test('what two changes only do together names both; what either does names either', () => {
    const [a, b] = firstRules()
    const lower = (knowledge: KnowledgeBase, id: string) =>
      edited(knowledge, 'options', id, (o) => ({ ...o, standing: [{ as: 'conditional', because: 'test' }] }))
    const first = changesOf(compare(lower(lower(base.knowledge, a.id), b.id)), EGFR).find((c) => c.kind === 'first-choice')
    expect(first!.causes.map((c) => `${c.rule} ${c.how}`).sort()).toEqual([`options/${a.id} together`, `options/${b.id} together`].sort())
  })

  test('every cause that is named is one: alone it makes the change; without one of several it is not made', () => {
    const ids = [...new Set(planOf(EGFR).options.map((o) => o.id.split(':')[0]!))].filter((id) =>
      base.knowledge.options.some((o) => o.id === id),
    )
    const edits: readonly ((rule: OptionRule) => unknown)[] = [
      (o) => ({ ...o, standing: [{ as: 'conditional', because: 'test' }] }),
      (o) => ({ ...o, strength: 'consensus', evidenceKind: 'consensus' }),
      (o) => ({ ...o, priority: o.priority + 1000 }),
      (o) => ({ ...o, when: { op: 'const', value: 'false' } }),
      (o) => ({ ...o, toxicity: 'high', brainActivity: 'low' }),
    ]
    const one = cohortOf(EGFR)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...ids), { minLength: 2, maxLength: 5 }),
        fc.array(fc.nat(edits.length - 1), { minLength: 5, maxLength: 5 }),
        (chosen, which) => {
          const after = chosen.reduce((k, id, i) => edited(k, 'options', id, edits[which[i]!]!), base.knowledge)
          const diff = compare(after, one)
          for (const change of changesOf(diff, EGFR).filter((c) => c.weight === 'decision' || c.weight === 'care')) {
            for (const { rule, how } of change.causes) {
              const single = diff.rules.filter((r) => r.key === rule)
              const made =
                how === 'alone'
                  ? comparePlans(planOf(EGFR), planOf(EGFR, graft(base.knowledge, after, single)))
                  : comparePlans(planOf(EGFR), planOf(EGFR, graft(after, base.knowledge, single)))
              expect([change.at, how, made.some((c) => changeKey(c) === changeKey(change))]).toEqual([change.at, how, how === 'alone'])
            }
          }
        },
      ),
      { seed: 20261123, numRuns: 8 },
    )
  })

  test('a patient whose chart cannot be read is named, never left out in silence', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-test-'))
    fs.copyFileSync(path.join(PATIENTS, EGFR), path.join(folder, 'a.json'))
    fs.writeFileSync(path.join(folder, 'b.json'), 'not FHIR')
    const read = readCohort(folder)
    if (!read.ok) throw new Error('one chart can be read')
    const [rule] = firstRules()
    const diff = compare(
      edited(base.knowledge, 'options', rule.id, () => undefined),
      read.value,
    )
    fs.rmSync(folder, { recursive: true })
    expect(diff.cohort!.patients).toBe(1)
    expect(diff.cohort!.notCompared).toHaveLength(1)
    expect(worklist(diff)).toContain('not compared')
    expect(diffText(diff, base, base, 100)).toContain('NOT COMPARED: b.json')
  })
})

describe('the worklist', () => {
  test('one line a change, with the rule, its file and its sources; formulas are disarmed', () => {
    const [rule] = firstRules()
    const diff = compare(
      edited(base.knowledge, 'options', rule.id, (o) => ({
        ...o,
        title: '=HYPERLINK("x")',
        standing: [{ as: 'conditional', because: 'test' }],
      })),
    )
    const [header, ...rows] = worklist(diff).trim().split('\r\n')
    expect(header!.split(',').slice(0, 4)).toEqual(['priority', 'patient', 'file', 'change'])
    expect(rows.length).toBe(
      diff.cohort!.changed.flatMap((p) => p.changes).filter((c) => c.weight === 'decision' || c.weight === 'care').length,
    )
    const standing = rows.find((row) => row.includes(',standing,'))!
    expect(standing).toContain(`options/${rule.id}`)
    expect(standing).toContain(`knowledge/${rule.from}`)
    expect(standing).toContain(rule.cites[0]!.source)
    expect(worklist(diff)).not.toMatch(/(^|,|")=HYPERLINK/m)
  })
})

describe('the command', () => {
  const run = async (...args: readonly string[]) => {
    let [out, err] = ['', '']
    const status = await runKnowledgeDiff(args, { out: (text) => (out += text), err: (text) => (err += text) })
    return { status, out, err }
  }

  test('the working files against themselves', async () => {
    const { status, out } = await run('working', 'working', '--over', path.join(PATIENTS, EGFR), '--as-of', AS_OF)
    expect(status).toBe(0)
    expect(out).toContain('No entry differs.')
    expect(out).toContain('1 plan is the same')
  }, 120_000)

  test.each([
    {
      name: 'a base that is nothing',
      args: ['no-such-thing', 'working'],
      status: 2,
      says: 'no-such-thing: is no file, no folder, no kept release and no git revision',
    },
    {
      name: 'a cohort that is not there',
      args: ['working', 'working', '--over', '/nowhere'],
      status: 2,
      says: '/nowhere: there is no such file or folder',
    },
    { name: 'a worklist without patients', args: ['working', 'working', '--format', 'csv'], status: 1, says: 'a worklist needs patients' },
    { name: 'a format that is none', args: ['--format', 'pdf'], status: 1, says: 'is not one of text, json, csv' },
    { name: 'a day that is none', args: ['--as-of', '2026-13-01'], status: 1, says: 'is not a day' },
    { name: 'three bases', args: ['a', 'b', 'c'], status: 1, says: 'not 3' },
    { name: 'an option that is none', args: ['--upon', 'x'], status: 1, says: "Unknown option '--upon'" },
  ])(
    '$name',
    async ({ args, status, says }) => {
      const result = await run(...args)
      expect(result.status).toBe(status)
      expect(result.err).toContain(says)
      expect(result.out).toBe('')
    },
    120_000,
  )
})

describe('bases of another time', () => {
  test('a reading table that an old base does not have is lent by the other, and said', () => {
    const [name] = Object.keys(base.knowledge.terminology)
    const { [name!]: _gone, ...rest } = base.knowledge.terminology
    const old = { ...base.knowledge, terminology: rest, digest: 'old' }
    const diff = compare(base.knowledge, cohortOf(EGFR), old)
    expect(diff.rules).toMatchObject([{ key: `terminology/${name}`, change: 'added' }])
    expect(diff.cohort).toMatchObject({ patients: 1, changed: [], lentTables: [`terminology/${name} (in the place of test)`] })
    expect(diffText(diff, base, base, 100)).toContain('were read with those of the other')
  })

  test('where the tables have another form, all are lent', () => {
    const tables = Object.keys(base.knowledge.terminology)
    const old = { ...base.knowledge, terminology: Object.fromEntries(tables.map((name) => [name, 7])), digest: 'old' }
    const diff = compare(base.knowledge, cohortOf(EGFR), old)
    expect(diff.cohort).toMatchObject({ patients: 1, changed: [], lentTables: ['all of terminology (in the place of test)'] })
  })

  test('a base with which today nothing can be planned is refused in words', () => {
    const { drugs: _drugs, ...rest } = base.knowledge
    const broken = rest as unknown as KnowledgeBase
    const result = knowledgeDiff(opened({ ...broken, drugs: undefined as never, digest: 'broken' }), base, {
      over: 'test',
      asOf: AS_OF,
      read: cohortOf(EGFR),
    })
    expect(!result.ok && result.error[0]!.message).toContain('it was written for another version of the software')
  })

  test('an empty folder holds no charts', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-test-'))
    const read = readCohort(folder)
    fs.rmSync(folder, { recursive: true })
    expect(!read.ok && read.error[0]!.message).toBe('holds no .json or .ndjson file')
  })
})
