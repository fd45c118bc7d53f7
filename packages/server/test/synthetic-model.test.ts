import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openKnowledge } from '../src/compose.ts'
import { Draw } from '../src/synthetic/draw.ts'
import { hazardOfScore, monthsAtHazard, weibullMonths } from '../src/synthetic/life/curve.ts'
import { drawPerson } from '../src/synthetic/life/person.ts'
import { drawTumour } from '../src/synthetic/life/tumour.ts'
import { generatorModel, modelSources } from '../src/synthetic/model.ts'
import { dosesOf, regimensOf } from '../src/synthetic/regimen-doses.ts'

const { model, figures } = generatorModel()
const { knowledge } = openKnowledge()

describe('every figure of the model', () => {
  test('cites a source and says what it says, or is marked unconfirmed with why it stands', () => {
    const sources = new Set(modelSources().map(({ id }) => id))
    expect(figures.length).toBeGreaterThan(250)
    for (const { file, path, cite, says, review, because } of figures) {
      const where = `${file} ${path}`
      if (cite === undefined) {
        expect(review, where).toBe('unconfirmed')
        expect(because, where).toBeTruthy()
      } else {
        expect(review, where).toBeUndefined()
        expect(says, where).toBeTruthy()
        for (const id of cite) expect(sources, where).toContain(id)
      }
    }
  })

  test('no source is cited by nobody or stands twice', () => {
    const ids = modelSources().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    const text = JSON.stringify(figures)
    expect(ids.filter((id) => !text.includes(id))).toEqual([])
  })

  test('a regimen that lines name is known to the knowledge base and to the figures', () => {
    const known = new Set(knowledge.regimens.map(({ id }) => id))
    const named = [
      ...Object.values(model.treatment.lines)
        .flat()
        .flatMap((weights) => Object.keys(weights)),
      model.treatment.bridge,
    ]
    for (const id of named) {
      expect(known).toContain(id)
      expect(Object.keys(model.treatment.regimens)).toContain(id)
    }
  })
})

test('no number of the model stands outside a figure, but sizes of lists that nobody measures', () => {
  // doses of radiotherapy and copies in the words of a laboratory are examples; hospitals are invented as a whole and say so
  const allowed = /\.(doseGy|fractions|copies)$|^hospitals\.yaml/
  const loose: string[] = []
  const walk = (node: unknown, at: string): void => {
    if (typeof node === 'number' && !allowed.test(at)) loose.push(at)
    if (typeof node !== 'object' || node === null || 'value' in node) return
    for (const [key, part] of Object.entries(node)) walk(part, `${at}.${key}`)
  }
  const folder = fileURLToPath(new URL('../src/synthetic/model/', import.meta.url))
  for (const file of fs.readdirSync(folder)) walk(parse(fs.readFileSync(path.join(folder, file), 'utf8')), file)
  expect(loose).toEqual([])
})

describe('a survival curve', () => {
  const { after, curves } = model.survival

  test.each(Object.entries(curves))('%s goes through its cited points', (_, curve) => {
    for (const [months, alive] of curve.points) expect(monthsAtHazard(curve, after, -Math.log(alive))).toBeCloseTo(months, 9)
  })

  test('more hazard is more time, before, between and after the points', () => {
    for (const curve of Object.values(curves)) {
      let last = 0
      for (let hazard = 0.02; hazard < 6; hazard *= 1.3) {
        const months = monthsAtHazard(curve, after, hazard)
        expect(months).toBeGreaterThan(last)
        last = months
      }
    }
  })

  test('a score of zero is the median', () => {
    expect(hazardOfScore(0)).toBeCloseTo(Math.LN2, 9)
    expect(weibullMonths(9, 1.1, hazardOfScore(0))).toBeCloseTo(9, 6)
  })
})

describe('drawn people and tumours follow their figures', () => {
  const lives = Array.from({ length: 6000 }, (_, i) => {
    const person = drawPerson(model, new Draw(`model/${i}/person`))
    return { person, tumour: drawTumour(model, person, new Draw(`model/${i}/tumour`)) }
  })
  const share = (of: (life: (typeof lives)[number]) => boolean, shows: (life: (typeof lives)[number]) => boolean): number => {
    const counted = lives.filter(of)
    return counted.filter(shows).length / counted.length
  }
  const isAdeno = ({ person }: (typeof lives)[number]): boolean => person.kind === 'adenocarcinoma'

  test.each([
    {
      name: 'KRAS in White smokers',
      cited: 0.34,
      part: share(
        (l) => isAdeno(l) && l.person.ancestry === 'white' && l.person.smoking !== 'never',
        (l) => l.tumour.genes.has('KRAS'),
      ),
    },
    {
      name: 'KRAS in never smokers',
      cited: 0.06,
      part: share(
        (l) => isAdeno(l) && l.person.smoking === 'never',
        (l) => l.tumour.genes.has('KRAS'),
      ),
    },
    {
      name: 'EGFR in Asian patients',
      cited: 0.47,
      part: share(
        (l) => isAdeno(l) && l.person.ancestry === 'asian',
        (l) => l.tumour.genes.has('EGFR'),
      ),
    },
    {
      name: 'brain metastases of small cell cancer',
      cited: 0.235,
      part: share(
        (l) => l.person.kind === 'smallCell',
        (l) => l.tumour.metastases.some(({ site }) => site === 'brain'),
      ),
    },
    {
      name: 'never smokers with NSCLC',
      cited: 0.166,
      part: share(
        (l) => !['smallCell', 'neuroendocrine'].includes(l.person.kind),
        (l) => l.person.smoking === 'never',
      ),
    },
    {
      name: 'COPD in men',
      cited: 0.387,
      part: share(
        (l) => l.person.sex === 'male',
        (l) => l.person.illnesses.some(({ of }) => of.id === 'copd'),
      ),
    },
  ])('$name: $cited', ({ cited, part }) => {
    expect(Math.abs(part - cited)).toBeLessThan(0.06)
  })

  test('drivers exclude each other, and everybody has a metastasis', () => {
    for (const { tumour } of lives) {
      expect(['EGFR', 'KRAS', 'ALK', 'ROS1', 'RET', 'BRAF'].filter((gene) => tumour.genes.has(gene)).length).toBeLessThanOrEqual(1)
      expect(tumour.metastases.length).toBeGreaterThan(0)
    }
  })
})

describe('doses come from the knowledge base', () => {
  const { get } = regimensOf(knowledge)
  // worked by hand: surface √(180·80/3600) = 2.0; clearance (140-60)·80/(72·1.0) = 88.9, AUC 5: 5·113.9 = 569.4
  const body = { weightKg: 80, heightCm: 180, age: 60, isFemale: false, creatinineMgDl: 1 }

  test('carboplatin by area under the curve and pemetrexed by body surface, rounded to 5 mg, every 21 days', () => {
    const doses = dosesOf(get('carboplatin-pemetrexed'), body, 30)
    expect(doses.filter(({ day }) => day === 0)).toEqual([
      { day: 0, drug: 'carboplatin', doseMg: 570 },
      { day: 0, drug: 'pemetrexed', doseMg: 1000 },
    ])
    expect(doses.map(({ day }) => day)).toEqual([0, 0, 21, 21])
  })

  test('platinum ends after its cycles, maintenance goes on', () => {
    const doses = dosesOf(get('carboplatin-pembrolizumab-pemetrexed'), body, 200)
    const last = (drug: string): number => Math.max(...doses.filter((dose) => dose.drug === drug).map(({ day }) => day))
    expect(last('carboplatin')).toBe(63)
    expect(last('pembrolizumab')).toBe(189)
  })

  test('step-up doses come first', () => {
    expect(dosesOf(get('tarlatamab'), body, 20).map(({ day, doseMg }) => [day, doseMg])).toEqual([
      [0, 1],
      [7, 10],
      [14, 10],
    ])
  })

  test('tablets are no infusions', () => {
    expect(dosesOf(get('osimertinib'), body, 100)).toEqual([])
  })
})
