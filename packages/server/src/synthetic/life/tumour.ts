import type { CancerKind, MetastasisSite } from '../builders/codes.ts'
import type { VariantSpec } from '../builders/genomics.ts'
import type { Draw } from '../draw.ts'
import type { AlterationModel, Ancestry, ByAncestry, Companion, Model } from '../model-types.ts'
import type { Person } from './person.ts'

export interface Metastases {
  readonly site: Exclude<MetastasisSite, 'node'>
  readonly lesions: number
  readonly largestMm: number
}

export interface Tumour {
  /** What treatment goes by; `none` where no driver has a drug in first line or later. */
  readonly driver: string
  /** Driver first, then what is mutated beside it. */
  readonly variants: readonly VariantSpec[]
  readonly genes: ReadonlySet<string>
  /** Tumour proportion score, percent. */
  readonly tps: number
  readonly tmb: number
  readonly metastases: readonly Metastases[]
  readonly primaryMm: number
  readonly t: 'T1c' | 'T2' | 'T2a' | 'T3' | 'T4'
  readonly n: 'N0' | 'N1' | 'N2' | 'N3'
  readonly m: 'M1a' | 'M1b' | 'M1c'
  readonly group: 'IVA' | 'IVB' | 'IV'
}

export function drawTumour({ tumour }: Model, person: Person, draw: Draw): Tumour {
  const { kind, ancestry } = person
  const isNever = person.smoking === 'never'
  const driverGene = drawDriverGene(tumour, kind, ancestry, isNever, draw)
  const driver = driverGene === undefined ? undefined : drawAlteration(tumour, driverGene, ancestry, isNever, draw)
  const variants: VariantSpec[] = driver === undefined ? [] : [variantOf(driver, draw)]
  const genes = new Set(driver === undefined ? [] : [driver.gene])
  for (const companion of tumour.companions) {
    if (genes.has(companion.gene) || !draw.chance(companionShare(companion, person, driverGene, genes))) continue
    genes.add(companion.gene)
    variants.push(variantOf(companion, draw))
  }
  const band = draw.place(bandsOf(tumour.pdl1, driverGene, genes))
  const metastases = drawMetastases(tumour, kind, driver?.driver, draw)
  const m = categoryOf(metastases)
  const t = draw.pick(tumour.t) as Tumour['t']
  return {
    driver: driver?.driver ?? 'none',
    variants,
    genes,
    tps: draw.one(tumour.pdl1.scores[band]!),
    tmb: Math.min(60, draw.days(isNever ? tumour.tmb.never : tumour.tmb.ever)),
    metastases,
    primaryMm: draw.whole(...tumour.sizesMm[t]),
    t,
    n: draw.pick(tumour.n) as Tumour['n'],
    m,
    group: kind === 'smallCell' ? 'IV' : m === 'M1c' ? 'IVB' : 'IVA',
  }
}

function bandsOf(pdl1: Model['tumour']['pdl1'], driverGene: string | undefined, genes: ReadonlySet<string>): readonly number[] {
  if (driverGene !== undefined && pdl1.driverGenes.includes(driverGene)) return pdl1.driver
  return pdl1.lowGenes.some((gene) => genes.has(gene)) ? pdl1.stk11 : pdl1.wildType
}

function drawDriverGene(tumour: Model['tumour'], kind: CancerKind, ancestry: Ancestry, isNever: boolean, draw: Draw): string | undefined {
  const shares = Object.entries(tumour.drivers[kind]).map(([gene, share]) => {
    const part = share.any ?? (isNever ? share.never : share.ever) ?? 0
    return [gene, shareFor(part, ancestry)] as const
  })
  const none = 1 - shares.reduce((sum, [, part]) => sum + part, 0)
  const gene = draw.pick(Object.fromEntries([...shares, ['', Math.max(0, none)]]))
  return gene === '' ? undefined : gene
}

const shareFor = (part: number | ByAncestry<number>, ancestry: Ancestry): number => (typeof part === 'number' ? part : part[ancestry])

function drawAlteration(tumour: Model['tumour'], gene: string, ancestry: Ancestry, isNever: boolean, draw: Draw) {
  const known = tumour.alterations[gene]!
  const weights = known.map((one) => shareFor(one.share, ancestry) * (isNever ? (one.neverSmoker ?? 1) : 1))
  return known[draw.place(weights)]!
}

function companionShare(companion: Companion, person: Person, driverGene: string | undefined, genes: ReadonlySet<string>): number {
  const { share } = companion
  const byKind = person.kind === 'adenocarcinoma' || person.kind === 'nsclc' ? undefined : share[person.kind]
  let part = byKind ?? (driverGene === undefined ? share.none : (share[driverGene] ?? share.other)) ?? 0
  part *= companion.ancestry?.[person.ancestry] ?? 1
  if (person.smoking === 'never') part *= companion.neverSmoker ?? 1
  for (const [gene, ratio] of Object.entries(companion.given ?? {})) {
    if (!genes.has(gene)) continue
    const odds = (part / (1 - part)) * ratio
    part = odds / (1 + odds)
  }
  return part
}

function variantOf({ gene, partner, c, p, words, copies }: AlterationModel, draw: Draw): VariantSpec {
  return {
    gene,
    ...(partner === undefined ? {} : { partner }),
    ...(c === undefined ? {} : { c }),
    ...(p === undefined ? {} : { p }),
    ...(words === undefined ? {} : { words }),
    ...(copies === undefined ? {} : { copies }),
    ...(c === undefined ? {} : { frequency: Number((0.08 + 0.42 * draw.unit()).toFixed(2)) }),
  }
}

function drawMetastases(tumour: Model['tumour'], kind: CancerKind, driver: string | undefined, draw: Draw): readonly Metastases[] {
  const isFusionLike = driver !== undefined && tumour.brainDrivers.includes(driver)
  const sites = Object.entries(tumour.metastases)
    .filter(([site, shares]) => draw.chance(shares[kind] * (site === 'brain' && isFusionLike ? tumour.brainFusionRatio : 1)))
    .map(([site]) => site)
  const found = sites.length > 0 ? sites : [draw.pick(tumour.otherwise)]
  return found.map((site) => ({
    site: site as Metastases['site'],
    lesions: draw.chance(tumour.severalLesions) ? draw.whole(...tumour.lesions) : 1,
    largestMm: draw.whole(...(site === 'brain' ? tumour.sizesMm.brain : tumour.sizesMm.other)),
  }))
}

/** M1a: pleura or the other lung only; M1b: one metastasis outside the chest; M1c: more (8th edition). */
function categoryOf(metastases: readonly Metastases[]): Tumour['m'] {
  const outside = metastases.filter(({ site }) => site !== 'pleura' && site !== 'lung')
  if (outside.length === 0) return 'M1a'
  return outside.length === 1 && outside[0]!.lesions === 1 ? 'M1b' : 'M1c'
}
