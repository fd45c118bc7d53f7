import type { VariantSpec } from '../builders/genomics.ts'
import type { Draw } from '../draw.ts'
import type { Model } from '../model-types.ts'
import type { Person } from './person.ts'
import type { Tumour } from './tumour.ts'

/** A molecular or PD-L1 test. Days count from the diagnosis. */
export interface Test {
  readonly kind: 'broad' | 'narrow' | 'plasma' | 'pdl1'
  readonly orderedOn: number
  readonly collectedOn: number
  readonly reportedOn: number
  readonly outcome: 'done' | 'failed' | 'uninformative'
  readonly genes: readonly string[]
  readonly found: readonly VariantSpec[]
}

/** What is ordered on the sample that made the diagnosis, what comes back, and what follows a failure. */
export function firstTests({ care }: Model, person: Person, tumour: Tumour, draw: Draw): readonly Test[] {
  const { testing } = care
  const isNonSquamous = person.kind === 'adenocarcinoma' || person.kind === 'nsclc'
  const tests: Test[] = []
  const orderedOn = draw.days(testing.orderAfterBiopsy)
  const isTested = draw.chance(isNonSquamous ? testing.anyTest : testing.rareHistology)
  const isBroad = !isNonSquamous || draw.chance(testing.broadPanel[person.hospital.kind])
  if (isTested) {
    const genes = isBroad ? testing.panelGenes : testing.narrowPanel
    const isFailed = draw.chance(testing.tissueFails)
    const reportedOn = orderedOn + draw.days(isBroad ? testing.panelDays : testing.narrowDays)
    tests.push({
      kind: isBroad ? 'broad' : 'narrow',
      orderedOn,
      collectedOn: 0,
      reportedOn,
      outcome: isFailed ? 'failed' : 'done',
      genes: isFailed ? [] : genes,
      found: isFailed ? [] : seen(tumour, genes),
    })
    if (isFailed && draw.chance(testing.plasmaAfterFailure)) tests.push(plasma(testing, tumour, reportedOn + draw.whole(1, 5), draw))
  }
  if (person.kind !== 'smallCell' && person.kind !== 'neuroendocrine' && draw.chance(testing.pdl1)) {
    const isFailed = draw.chance(testing.pdl1Fails)
    const reportedOn = orderedOn + draw.days(testing.pdl1Days)
    tests.push({ kind: 'pdl1', orderedOn, collectedOn: 0, reportedOn, outcome: isFailed ? 'failed' : 'done', genes: [], found: [] })
  }
  return tests
}

function plasma(testing: Model['care']['testing'], tumour: Tumour, orderedOn: number, draw: Draw): Test {
  const isUninformative = draw.chance(testing.plasmaUninformative)
  return {
    kind: 'plasma',
    orderedOn,
    collectedOn: orderedOn,
    reportedOn: orderedOn + draw.days(testing.plasmaDays),
    outcome: isUninformative ? 'uninformative' : 'done',
    genes: isUninformative ? [] : testing.panelGenes,
    found: isUninformative ? [] : seen(tumour, testing.panelGenes),
  }
}

const seen = (tumour: Tumour, genes: readonly string[]): readonly VariantSpec[] =>
  tumour.variants.filter(({ gene }) => genes.includes(gene))

/** A new sample at progression on a targeted drug: the driver again, and perhaps why the drug failed. */
export function testAtProgression({ care }: Model, tumour: Tumour, progressedOn: number, draw: Draw): Test | undefined {
  const { testing, resistance } = care
  const known = resistance[tumour.driver]
  if (known === undefined || !draw.chance(testing.biopsyAgain)) return undefined
  const orderedOn = progressedOn + draw.whole(2, 10)
  const why = draw.place([...known.map(({ share }) => share), 1 - known.reduce((sum, { share }) => sum + share, 0)])
  const { share: _, ...found } = known[why] ?? { share: 0, gene: '' }
  return {
    kind: 'broad',
    orderedOn,
    collectedOn: orderedOn,
    reportedOn: orderedOn + draw.days(testing.panelDays),
    outcome: 'done',
    genes: testing.panelGenes,
    found: why < known.length ? [...tumour.variants, found] : tumour.variants,
  }
}

/** Day on which the driver was known, if it ever was: a test that looked at its gene and came back. */
export function driverKnownOn(tests: readonly Test[], tumour: Tumour): number | undefined {
  const gene = tumour.driver === 'none' ? undefined : tumour.variants[0]?.gene
  if (gene === undefined) return undefined
  return tests.find(({ outcome, genes }) => outcome === 'done' && genes.includes(gene))?.reportedOn
}
