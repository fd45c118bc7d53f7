import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkKnowledge } from '../src/index.ts'
import { GOOD } from './small-base.ts'

/** Faults in what is said of drugs: names in criteria, doses, routes, days, approaches, titles, alerts. Each planted one is found, with file and line. */
const BASE: { readonly [file: string]: string } = {
  ...GOOD,
  'facts/history.yaml': `
- { id: current-drugs, label: Drugs now, type: codes, absence: listed, vocabulary: drugs }
- { id: prior-classes, label: Classes so far, type: codes, absence: listed, vocabulary: drug-classes }
- { id: immune-event-organs, label: Organs, type: codes, absence: listed, vocabulary: immune-organs }
- { id: history, label: Lines, type: list, absence: listed, fields: { drugs: texts, number: number }, vocabulary: { drugs: drugs } }
- { id: age, label: Age, type: integer, absence: asked, plausible: [18, 120] }
`,
  'terminology/toxicity-terms.yaml': `
toxicities:
  - { id: colitis, organ: bowel, words: [colitis] }
  - { id: severe-skin-reaction, organ: skin, mark: skin-exfoliative, words: [sjs] }
`,
  'terminology/drugs.yaml': `
- { id: osimertinib, label: osimertinib, classes: [targeted, egfr-tki], routes: [oral], anticancer: true }
- { id: gefitinib, label: gefitinib, classes: [targeted, egfr-tki], routes: [oral], anticancer: true }
- { id: pemetrexed, label: pemetrexed, classes: [cytotoxic], routes: [iv], anticancer: true }
- { id: nab-pemetrexed, label: nab-pemetrexed, classes: [cytotoxic], routes: [iv], anticancer: true }
- { id: phenytoin, label: phenytoin, classes: [antiepileptic], routes: [own], anticancer: false, interaction: [enzyme-inducer] }
`,
  'regimens/all.yaml': `
- id: osimertinib
  title: Osimertinib
  components: [{ drug: osimertinib, dose: 80, unit: mg, route: oral, days: daily }]
  cites: [{ source: trial-one, at: dose, says: 80 mg daily }]
  review: confirmed
- id: osimertinib-pemetrexed
  title: Osimertinib and pemetrexed
  cycleDays: 21
  cycles: 6
  components:
    - { drug: osimertinib, dose: 80, unit: mg, route: oral, days: daily }
    - { drug: pemetrexed, dose: 500, unit: mg/m2, route: iv, days: [1] }
  cites: [{ source: trial-one, at: dose, says: 'pemetrexed 500 mg/m2' }]
  review: confirmed
`,
  'treatment/more.yaml': `
- id: option-two
  title: Osimertinib and pemetrexed after gefitinib
  group: g
  approaches: [targeted-therapy, chemotherapy]
  regimens: [osimertinib-pemetrexed]
  when: { all: [{ ref: fit }, { fact: prior-classes, has: egfr-tki }, { not: { fact: immune-event-organs, hasAny: [bowel, skin-exfoliative] } }] }
  standing:
    - { as: recommended, when: { fact: age, from: 18, to: 80 }, because: young }
    - { as: alternative, because: it works }
  strength: strong
  evidenceKind: randomised-survival
  toxicity: low
  priority: 1
  against: [{ say: rash }]
  cites: [{ source: trial-one, at: abstract, says: longer survival }]
  review: confirmed
  examples:
    - { name: second, given: { ecog: 1, prior-classes: [egfr-tki], immune-event-organs: [], age: 60 }, expect: 'true' }
    - { name: naive, given: { ecog: 1, prior-classes: [], immune-event-organs: [] }, expect: 'false' }
    - { name: not asked, given: { ecog: null, prior-classes: [egfr-tki], immune-event-organs: [] }, expect: unknown, missing: [ecog] }
`,
  'treatment/resting.yaml': `
- id: watch
  title: A kinase inhibitor first, radiation later
  group: g
  approaches: [procedure]
  regimens: []
  procedure: watch
  restsOn: { classes: [egfr-tki], approaches: [targeted-therapy] }
  when: { fact: ild, is: false }
  standing: [{ as: recommended, because: it works }]
  strength: strong
  evidenceKind: randomised-survival
  toxicity: low
  priority: 2
  against: [{ say: growth }]
  cites: [{ source: trial-one, at: abstract, says: longer survival }]
  review: confirmed
  examples:
    - { name: no, given: { ild: true }, expect: 'false' }
    - { name: yes, given: { ild: false }, expect: 'true' }
    - { name: unknown, given: { ild: null }, expect: unknown, missing: [ild] }
`,
  'safety/all.yaml': `
- id: running
  title: Osimertinib is running
  applies: { drugs: [osimertinib] }
  when: { some: history, where: { all: [{ fact: drugs, has: gefitinib }, { fact: number, atLeast: 1 }] } }
  effect: bar
  reason: unsafe
  say: not again
  notAdvised: { treatment: osimertinib, drugs: [osimertinib] }
  cites: [{ source: trial-one, at: a, says: b }]
  review: confirmed
  reviewBy: '2027-05-31'
  examples:
    - { name: yes, given: { history: [{ drugs: [gefitinib], number: 1 }] }, expect: 'true' }
    - { name: no, given: { history: [] }, expect: 'false' }
    - { name: unknown, given: { history: null }, expect: unknown, missing: [history] }
`,
  'policy/approaches.yaml': `
- { id: chemotherapy, classes: [cytotoxic] }
- { id: targeted-therapy, classes: [targeted] }
`,
  'policy/alert-ids.yaml': `
- { id: seizure, label: Seizure }
`,
  'emergencies/all.yaml': `
- id: seizure-now
  alert: seizure
  urgency: emergency
  title: Seizure
  when: { fact: ild, is: true }
  avoid: [enzyme-inducer]
  actions: [call for help]
  cites: [{ source: trial-one, at: a, says: b }]
  review: confirmed
  examples:
    - { name: yes, given: { ild: true }, expect: 'true' }
    - { name: no, given: { ild: false }, expect: 'false' }
    - { name: unknown, given: { ild: null }, expect: unknown, missing: [ild] }
`,
}

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

interface Told {
  readonly code: string
  readonly file: string
  readonly line: number
  readonly entry?: string
  readonly message: string
  readonly remedy: string
  readonly severity?: string
}

function write(change?: { readonly file: string; readonly from: string; readonly to: string }): void {
  for (const [file, text] of Object.entries(BASE)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    if (change?.file === file) expect(text).toContain(change.from)
    fs.writeFileSync(path.join(root, file), change?.file === file ? text.replace(change.from, change.to) : text)
  }
}
const check = (): readonly Told[] =>
  (
    JSON.parse(checkKnowledge({ root, asOf: '2026-11-23', paths: [], format: 'json' }).text) as { findings: readonly Told[] }
  ).findings.filter((f) => f.severity !== 'warning')

test('the base of these tests has no finding', () => {
  write()
  expect(check()).toEqual([])
})

interface Fault {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly line: number
  readonly says: RegExp
  readonly remedy?: RegExp
}

describe.each<{ readonly kind: string; readonly file: string; readonly faults: readonly Omit<Fault, 'file'>[] }>([
  {
    kind: 'names in criteria',
    file: 'treatment/more.yaml',
    faults: [
      {
        name: 'an age in an example that nobody has',
        from: 'age: 60 }',
        to: 'age: 600 }',
        line: 19,
        says: /age 600: nobody has that \(possible are 18 to 120\)/,
      },
      {
        name: 'a class',
        from: 'has: egfr-tki',
        to: 'has: egfr-tkis',
        line: 7,
        says: /no class of drugs egfr-tkis, so this is never true/,
        remedy: /mean egfr-tki\?/,
      },
      {
        name: 'an organ',
        from: '[bowel, skin-ex',
        to: '[bowl, skin-ex',
        line: 7,
        says: /no organ of immune events bowl/,
        remedy: /mean bowel\?/,
      },
      {
        name: 'in an example',
        from: 'prior-classes: [egfr-tki], immune-event-organs: [], age',
        to: 'prior-classes: [egfr-tki, alk], immune-event-organs: [], age',
        line: 19,
        says: /no class of drugs alk/,
      },
      {
        name: 'a range the wrong way round',
        from: 'from: 18, to: 80',
        to: 'from: 80, to: 18',
        line: 9,
        says: /from 80 is above to 18/,
        remedy: /smaller number first/,
      },
    ],
  },
  {
    kind: 'what an option rests on',
    file: 'treatment/resting.yaml',
    faults: [
      { name: 'a class', from: '[egfr-tki],', to: '[egfr-tkis],', line: 8, says: /no drug has class egfr-tkis/, remedy: /mean egfr-tki\?/ },
      {
        name: 'drugs that no option gives',
        from: '{ classes: [egfr-tki], approaches: [targeted-therapy] }',
        to: '{ drugs: [gefitinib] }',
        line: 8,
        says: /rests on drugs that no option of the base gives, so that it never stands/,
      },
      {
        name: 'two demands that no option meets together',
        from: '{ classes: [egfr-tki], approaches: [targeted-therapy] }',
        to: '{ classes: [egfr-tki], brainActivity: [high] }',
        line: 8,
        says: /rests on drugs that no option of the base gives/,
      },
      {
        name: 'nothing',
        from: '{ classes: [egfr-tki], approaches: [targeted-therapy] }',
        to: '{}',
        line: 8,
        says: /says what it rests on/,
      },
      {
        name: 'beside drugs of its own',
        from: 'regimens: []',
        to: 'regimens: [osimertinib]',
        line: 8,
        says: /gives osimertinib and rests on other drugs as well/,
        remedy: /take restsOn away/,
      },
    ],
  },
  {
    kind: 'a drug inside a list',
    file: 'safety/all.yaml',
    faults: [
      {
        name: 'a bar that nobody will look at again',
        from: "  reviewBy: '2027-05-31'\n",
        to: '',
        line: 2,
        says: /a bar without reviewBy/,
        remedy: /add reviewBy/,
      },
      {
        name: 'misspelled',
        from: 'has: gefitinib',
        to: 'has: gefitinb',
        line: 5,
        says: /drugs: there is no drug gefitinb/,
        remedy: /mean gefitinib\?/,
      },
      {
        name: 'not advised, and aimed at another',
        from: 'drugs: [osimertinib] }\n  cites',
        to: 'drugs: [osimertinib, gefitinib] }\n  cites',
        line: 9,
        says: /aimed at osimertinib and says that gefitinib is not advised/,
      },
    ],
  },
  {
    kind: 'a truth in quotes',
    file: 'emergencies/all.yaml',
    faults: [
      {
        name: 'is yes or no',
        from: 'is: true',
        to: "is: 'true'",
        line: 6,
        says: /ild is yes or no, and "true" is a text/,
        remedy: /without quotes/,
      },
      {
        name: 'an alert that nobody knows',
        from: 'alert: seizure',
        to: 'alert: siezure',
        line: 3,
        says: /no alert called siezure/,
        remedy: /mean seizure\?/,
      },
      {
        name: 'an interaction class that no medicine has',
        from: 'avoid: [enzyme-inducer]',
        to: 'avoid: [enzyme-inducr]',
        line: 7,
        says: /no drug has interaction class enzyme-inducr/,
        remedy: /mean enzyme-inducer\?/,
      },
      {
        name: 'a class of cancer drugs where medicines of the patient are meant',
        from: 'avoid: [enzyme-inducer]',
        to: 'avoid: [egfr-tki]',
        line: 7,
        says: /no drug has interaction class egfr-tki/,
        remedy: /as `interaction` in terminology/,
      },
    ],
  },
  {
    kind: 'a regimen',
    file: 'regimens/all.yaml',
    faults: [
      {
        name: 'a dose ten times too high',
        from: '- { drug: osimertinib, dose: 80',
        to: '- { drug: osimertinib, dose: 800',
        line: 12,
        says: /osimertinib 800 mg here, and 80 mg everywhere else/,
        remedy: /note of the component/,
      },
      {
        name: 'of a drug given nowhere else',
        from: 'dose: 500',
        to: 'dose: 50',
        line: 13,
        says: /pemetrexed 50 mg\/m2 stands in no citation/,
        remedy: /citation it was taken from/,
      },
      {
        name: 'a route',
        from: 'mg/m2, route: iv',
        to: 'mg/m2, route: oral',
        line: 13,
        says: /pemetrexed is given oral here, and by its entry only iv/,
      },
      { name: 'a day beyond the cycle', from: 'days: [1]', to: 'days: [1, 28]', line: 13, says: /day 28 of a cycle of 21 days/ },
      { name: 'days without a cycle', from: '  cycleDays: 21\n', to: '', line: 12, says: /whose length is not given/ },
      { name: 'cycles', from: 'cycles: 6', to: 'cycles: 600', line: 10, says: /600 cycles of 21 days are 35 years/ },
      {
        name: 'its name',
        from: 'id: osimertinib-pemetrexed',
        to: 'id: pemetrexed-osimertinib',
        line: 7,
        says: /is called pemetrexed-osimertinib and gives osimertinib-pemetrexed/,
      },
    ],
  },
  {
    kind: 'an option',
    file: 'treatment/more.yaml',
    faults: [
      {
        name: 'an approach that none of its drugs has',
        from: '[targeted-therapy, chemotherapy]',
        to: '[targeted-therapy]',
        line: 5,
        says: /gives pemetrexed, and chemotherapy is not among its approaches/,
      },
      {
        name: 'another regimen',
        from: 'regimens: [osimertinib-pemetrexed]',
        to: 'regimens: [osimertinib]',
        line: 5,
        says: /called chemotherapy, and none of its drugs is/,
      },
      {
        name: 'another title',
        from: 'title: Osimertinib and',
        to: 'title: Gefitinib and',
        line: 3,
        says: /title says gefitinib, its regimens give osimertinib, pemetrexed/,
      },
      {
        name: 'a name within a name',
        from: 'and pemetrexed after',
        to: 'and nab-pemetrexed after',
        line: 3,
        says: /title says nab-pemetrexed, /,
      },
      {
        name: 'a standing for everybody before the last',
        from: 'when: { fact: age, from: 18, to: 80 }, ',
        to: '',
        line: 9,
        says: /holds for everybody, so the rows after it are never read/,
      },
      {
        name: 'a condition on the last',
        from: 'as: alternative,',
        to: 'as: alternative, when: { fact: age, above: 80 },',
        line: 10,
        says: /the last standing has a condition/,
      },
    ],
  },
])('$kind', ({ file, faults }) => {
  test.each(faults)('$name', ({ from, to, line, says, remedy }) => {
    write({ file, from, to })
    const found = check()
    const match = found.find((f) => says.test(f.message))
    expect(match, JSON.stringify(found, undefined, 1)).toMatchObject({ file: `knowledge/${file}`, line })
    if (remedy) expect(match!.remedy).toMatch(remedy)
  })
})

describe('rules that would vanish without a word', () => {
  const move = (from: string, to: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, to)), { recursive: true })
    fs.renameSync(path.join(root, from), path.join(root, to))
  }
  test.each([
    {
      name: 'a file of another ending',
      act: () => move('safety/all.yaml', 'safety/all.yml'),
      file: 'safety/all.yml',
      says: /does not end in \.yaml/,
    },
    {
      name: 'a file in capitals',
      act: () => move('safety/all.yaml', 'safety/ALL.YAML'),
      file: 'safety/ALL.YAML',
      says: /does not end in \.yaml/,
    },
    {
      name: 'a folder that is misspelled',
      act: () => move('safety/all.yaml', 'saftey/all.yaml'),
      file: 'saftey/all.yaml',
      says: /folder saftey, which the compiler does not know/,
    },
    {
      name: 'a file beside the folders',
      act: () => move('safety/all.yaml', 'safety.yaml'),
      file: 'safety.yaml',
      says: /beside the folders/,
    },
    {
      name: 'an empty file',
      act: () => fs.writeFileSync(path.join(root, 'safety/all.yaml'), ''),
      file: 'safety/all.yaml',
      says: /holds no entry/,
    },
    {
      name: 'an empty list',
      act: () => fs.writeFileSync(path.join(root, 'safety/all.yaml'), '[]\n'),
      file: 'safety/all.yaml',
      says: /holds no entry/,
    },
    {
      name: 'a file of which every line is a comment',
      act: () => fs.writeFileSync(path.join(root, 'safety/all.yaml'), BASE['safety/all.yaml']!.replace(/^/gm, '# ')),
      file: 'safety/all.yaml',
      says: /holds no entry/,
    },
    {
      name: 'an empty table of terms',
      act: () => fs.writeFileSync(path.join(root, 'terminology/toxicity-terms.yaml'), '# gone\n'),
      file: 'terminology/toxicity-terms.yaml',
      says: /holds no entry/,
    },
  ])('$name', ({ act, file, says }) => {
    write()
    act()
    expect(check().find((f) => f.file === `knowledge/${file}`)).toMatchObject({
      code: 'yaml',
      line: 1,
      message: expect.stringMatching(says),
    })
  })

  test('notes, hidden files and back-ups of editors are no finding', () => {
    write()
    for (const name of ['README.md', 'safety/notes.md', '.DS_Store', 'safety/.all.yaml.swp', 'safety/all.yaml~'])
      fs.writeFileSync(path.join(root, name), 'x')
    expect(check()).toEqual([])
  })
})
