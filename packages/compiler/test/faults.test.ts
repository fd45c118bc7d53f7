import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkKnowledge, WHY } from '../src/index.ts'
import { BASE, type Fault, type Told } from './faults-base.ts'

let root: string
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-'))
})
afterEach(() => {
  fs.rmSync(root, { recursive: true })
})

const DAY = '2026-11-23'

function write(change?: { readonly file: string; readonly from: string; readonly to: string }): void {
  for (const [file, text] of Object.entries(BASE)) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    if (change?.file === file) expect(text).toContain(change.from)
    fs.writeFileSync(path.join(root, file), change?.file === file ? text.replace(change.from, change.to) : text)
  }
}
const check = (asOf = DAY): Told['findings'] =>
  (JSON.parse(checkKnowledge({ root, asOf, paths: [], format: 'json' }).text) as Told).findings.filter((f) => f.severity !== 'warning')

test('the base of these tests has no finding', () => {
  write()
  expect(check()).toEqual([])
})

const TREATMENT = 'treatment/all.yaml'
const SAFETY = 'safety/all.yaml'

describe.each<{ readonly kind: string; readonly faults: readonly Fault[] }>([
  {
    kind: 'a name that leads nowhere',
    faults: [
      {
        name: 'a source',
        file: TREATMENT,
        from: 'source: trial-one, at: abstract',
        to: 'source: trial-on, at: abstract',
        code: 'dangling',
        line: 14,
        entry: 'option-one',
        says: /no source called trial-on/,
        remedy: /did you mean trial-one\?/,
      },
      {
        name: 'a regimen',
        file: TREATMENT,
        from: 'regimens: [osimertinib]',
        to: 'regimens: [osimertinb]',
        code: 'dangling',
        line: 6,
        entry: 'option-one',
        says: /no regimen called osimertinb/,
        remedy: /did you mean osimertinib\?/,
      },
      {
        name: 'a drug that is not in the list',
        file: SAFETY,
        from: 'drugs: [osimertinib]',
        to: 'drugs: [osimertnib]',
        code: 'dangling',
        line: 4,
        entry: 'kidney',
        says: /osimertnib/,
        remedy: /did you mean osimertinib\?/,
      },
      {
        name: 'a fact that a chart finding sets',
        file: 'terminology/conditions.yaml',
        from: 'sets: { ild: true }',
        to: 'sets: { ilds: true }',
        code: 'dangling',
        line: 3,
        entry: 'fibrosis',
        says: /no fact called ilds/,
        remedy: /ild/,
      },
      {
        name: 'a value that a chart finding sets',
        file: 'terminology/conditions.yaml',
        from: 'histology: a }',
        to: 'histology: adeno }',
        code: 'dangling',
        line: 4,
        entry: 'cell-type',
        says: /histology cannot be "adeno"/,
        remedy: /one of a, b/,
      },
    ],
  },
  {
    kind: 'a wrong code',
    faults: [
      {
        name: 'LOINC with a digit swapped',
        file: 'terminology/biomarker-codes.yaml',
        from: '21665-5',
        to: '21656-5',
        code: 'code',
        line: 3,
        says: /21656-5 cannot be a code of LOINC/,
        remedy: /check digit/,
      },
      {
        name: 'SNOMED CT with a digit changed',
        file: 'terminology/conditions.yaml',
        from: "'51615001'",
        to: "'51615002'",
        code: 'code',
        line: 3,
        entry: 'fibrosis',
        says: /51615002 cannot be a code of SNOMED CT/,
        remedy: /check digit/,
      },
      {
        name: 'ICD-10 without its letter',
        file: 'terminology/conditions.yaml',
        from: 'J84.10',
        to: '84.10',
        code: 'code',
        line: 3,
        entry: 'fibrosis',
        says: /ICD-10-CM/,
        remedy: /G95\.2/,
      },
      {
        name: 'a LOINC code under two measurements',
        file: 'terminology/conditions.yaml',
        from: '{ id: cell-type,',
        to: "{ id: cell-type, loinc: ['21665-5'],",
        code: 'code',
        line: 4,
        entry: 'cell-type',
        says: /LOINC code 21665-5 also stands under tests\.0 \(terminology\/biomarker-codes\.yaml:3\)/,
        remedy: /one thing/,
      },
      {
        name: 'RxNorm that is no number',
        file: 'terminology/drugs.yaml',
        from: 'anticancer: true }',
        to: 'anticancer: true, rxnorm: [RX17] }',
        code: 'code',
        line: 2,
        entry: 'osimertinib',
        says: /RX17 cannot be a code of RxNorm/,
        remedy: /number/,
      },
      {
        name: 'a PubMed id that is none',
        file: 'sources/all.yaml',
        from: 'kind: trial,',
        to: 'kind: trial, pmid: PMC99,',
        code: 'code',
        line: 2,
        entry: 'trial-one',
        says: /pmid: PMC99/,
        remedy: /digits/,
      },
    ],
  },
  {
    kind: 'an unknown value of a code fact',
    faults: [
      {
        name: 'in a criterion',
        file: 'criteria/more.yaml',
        from: 'is: a }',
        to: 'is: aa }',
        code: 'criterion',
        line: 2,
        entry: 'fit-adenocarcinoma',
        says: /histology has no value aa/,
        remedy: /did you mean a/,
      },
      {
        name: 'in an example',
        file: TREATMENT,
        from: 'histology: b }',
        to: 'histology: c }',
        code: 'example',
        line: 18,
        entry: 'option-one',
        says: /histology cannot be "c"/,
        remedy: /one of a, b/,
      },
    ],
  },
  {
    kind: 'a wrong unit',
    faults: [
      {
        name: 'a limit taken over in mg/dL',
        file: SAFETY,
        from: 'above: 300',
        to: 'above: 3.4',
        code: 'unit',
        line: 5,
        entry: 'kidney',
        says: /creatinine 3\.4 umol\/L: nobody has that/,
        remedy: /another unit/,
      },
      {
        name: 'a unit written after the number',
        file: SAFETY,
        from: 'above: 300',
        to: 'above: 300 umol/L',
        code: 'criterion',
        line: 5,
        entry: 'kidney',
        says: /is not a number/,
        remedy: /in umol\/L, without the unit/,
      },
      {
        name: 'a dose in a unit that does not exist',
        file: 'regimens/all.yaml',
        from: 'unit: mg,',
        to: 'unit: mgs,',
        code: 'schema',
        line: 4,
        entry: 'osimertinib',
        says: /unit cannot be "mgs"/,
        remedy: /did you mean mg/,
      },
      {
        name: 'a fact in another unit than the charts are converted to',
        file: 'facts/more.yaml',
        from: 'unit: umol/L',
        to: 'unit: mg/dL',
        code: 'unit',
        line: 2,
        entry: 'creatinine',
        says: /converted to umol\/L/,
        remedy: /write unit: umol\/L/,
      },
      {
        name: 'a fact in a unit that no reader knows',
        file: 'facts/more.yaml',
        from: 'unit: kg',
        to: 'unit: kgs',
        code: 'unit',
        line: 3,
        entry: 'weight',
        says: /no reader knows the unit kgs/,
        remedy: /did you mean kg/,
      },
    ],
  },
  {
    kind: 'a missing citation',
    faults: [
      {
        name: 'no cites at all',
        file: SAFETY,
        from: '  cites: [{ source: trial-one, at: a, says: b }]\n',
        to: '',
        code: 'citation',
        line: 2,
        entry: 'kidney',
        says: /no citation/,
        remedy: /add cites/,
      },
      {
        name: 'an empty list',
        file: SAFETY,
        from: 'cites: [{ source: trial-one, at: a, says: b }]',
        to: 'cites: []',
        code: 'citation',
        line: 9,
        entry: 'kidney',
        says: /no citation/,
        remedy: /own words/,
      },
      {
        name: 'without the place in the source',
        file: SAFETY,
        from: 'source: trial-one, at: a,',
        to: 'source: trial-one,',
        code: 'citation',
        line: 9,
        entry: 'kidney',
        says: /cites\.0\.at is missing/,
        remedy: /add at/,
      },
    ],
  },
  {
    kind: 'a duplicated id',
    faults: [
      {
        name: 'two sources',
        file: 'sources/all.yaml',
        from: '- { id: trial-one',
        to: '- { id: trial-one, title: Twin, kind: trial, accessed: 2026-11-23, review: confirmed }\n- { id: trial-one',
        code: 'duplicate',
        line: 3,
        entry: 'trial-one',
        says: /used twice \(also sources\/all\.yaml:2\)/,
        remedy: /rename/,
      },
      {
        name: 'two drugs',
        file: 'terminology/drugs.yaml',
        from: '- { id: osimertinib,',
        to: '- { id: osimertinib, label: twin, classes: [egfr-tki], routes: [oral], anticancer: true }\n- { id: osimertinib,',
        code: 'duplicate',
        line: 3,
        entry: 'osimertinib',
        says: /used twice/,
        remedy: /rename/,
      },
    ],
  },
  {
    kind: 'bad YAML',
    faults: [
      {
        name: 'a colon in a text without quotes',
        file: TREATMENT,
        from: 'title: Osimertinib',
        to: 'title: Osimertinib: alone',
        code: 'yaml',
        line: 3,
        says: /mappings?/i,
        remedy: /quote/,
      },
      {
        name: 'a bracket that is not closed',
        file: TREATMENT,
        from: 'regimens: [osimertinib]',
        to: 'regimens: [osimertinib',
        code: 'yaml',
        line: 7,
        says: /./,
        remedy: /bracket/,
      },
      {
        name: 'a field twice',
        file: TREATMENT,
        from: '  group: g\n',
        to: '  group: g\n  group: h\n',
        code: 'yaml',
        line: 5,
        says: /unique/,
        remedy: /stands twice/,
      },
      { name: 'a tab', file: TREATMENT, from: '  group: g', to: '\tgroup: g', code: 'yaml', line: 4, says: /./, remedy: /blanks/ },
      { name: 'no list', file: 'sources/all.yaml', from: '- { id', to: '{ id', code: 'yaml', line: 2, says: /not a list/, remedy: /- id/ },
    ],
  },
  {
    kind: 'a wrong shape',
    faults: [
      {
        name: 'a misspelled field',
        file: SAFETY,
        from: 'effect: caution',
        to: 'efect: caution',
        code: 'schema',
        line: 6,
        entry: 'kidney',
        says: /no field efect/,
        remedy: /did you mean effect\?/,
      },
      {
        name: 'a field that is missing',
        file: SAFETY,
        from: '  say: the kidney is failing\n',
        to: '',
        code: 'schema',
        line: 2,
        entry: 'kidney',
        says: /say is missing/,
        remedy: /add say/,
      },
      {
        name: 'a word that is none of the allowed',
        file: SAFETY,
        from: 'effect: caution',
        to: 'effect: baar',
        code: 'schema',
        line: 6,
        entry: 'kidney',
        says: /effect cannot be "baar"/,
        remedy: /did you mean bar\?/,
      },
      {
        name: 'a criterion that leads back to itself',
        file: 'criteria/all.yaml',
        from: '{ fact: ecog, atMost: 1 }',
        to: '{ ref: fit-adenocarcinoma }',
        code: 'criterion',
        line: 2,
        entry: 'fit',
        says: /fit → fit-adenocarcinoma → fit/,
        remedy: /instead of ref/,
      },
      {
        name: 'a draft that was not filled in',
        file: SAFETY,
        from: 'say: the kidney is failing',
        to: "say: 'FILL IN: one sentence'",
        code: 'draft',
        line: 8,
        entry: 'kidney',
        says: /say still says/,
        remedy: /write it/,
      },
    ],
  },
  {
    kind: 'an expired review',
    faults: [
      {
        name: 'the day has passed',
        file: SAFETY,
        from: "'2027-05-31'",
        to: "'2026-09-30'",
        code: 'review',
        line: 11,
        entry: 'kidney',
        says: /due on 2026-09-30, 54 days before 2026-11-23/,
        remedy: /against its sources/,
      },
      {
        name: 'the month has passed',
        file: SAFETY,
        from: "'2027-05-31'",
        to: "'2026-10'",
        code: 'review',
        line: 11,
        entry: 'kidney',
        says: /due on 2026-10, 23 days/,
        remedy: /set reviewBy/,
      },
      {
        name: 'a day that does not exist',
        file: SAFETY,
        from: "'2027-05-31'",
        to: "'2027-02-30'",
        code: 'schema',
        line: 11,
        entry: 'kidney',
        says: /no day 2027-02-30/,
        remedy: /correct the date/,
      },
      {
        name: 'a source of next year',
        file: 'sources/all.yaml',
        from: 'kind: trial,',
        to: 'kind: trial, year: 2027,',
        code: 'review',
        line: 2,
        entry: 'trial-one',
        says: /of the year 2027, which has not come yet/,
        remedy: /year/,
      },
      {
        name: 'a source read tomorrow',
        file: 'sources/all.yaml',
        from: '2026-11-23',
        to: '2026-11-24',
        code: 'review',
        line: 2,
        entry: 'trial-one',
        says: /has not come yet/,
        remedy: /opened/,
      },
    ],
  },
])('$kind', ({ faults }) => {
  test.each(faults)('$name', (fault) => {
    write(fault)
    const found = check()
    const match = found.find((f) => f.code === fault.code && fault.says.test(f.message))
    expect(match, JSON.stringify(found, undefined, 1)).toMatchObject({
      file: `knowledge/${fault.file}`,
      line: fault.line,
      ...(fault.entry ? { entry: fault.entry } : {}),
    })
    expect(match!.remedy).toMatch(fault.remedy)
    expect(match!.why).toBe(WHY[match!.code])
  })
})
