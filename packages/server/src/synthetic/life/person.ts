import type { CancerKind } from '../builders/codes.ts'
import type { Draw } from '../draw.ts'
import type { Ancestry, Comorbidity, HomeMedicine, Hospital, Model, Sex } from '../model-types.ts'

export interface Person {
  readonly sex: Sex
  readonly ancestry: Ancestry
  readonly isHispanic: boolean
  readonly kind: CancerKind
  readonly side: 'left' | 'right'
  /** Age at diagnosis, years with fraction. */
  readonly age: number
  readonly smoking: 'never' | 'former' | 'current'
  readonly packYears?: number
  readonly weightKg: number
  readonly heightCm: number
  readonly weightLossKg: number
  readonly ecog: number
  readonly illnesses: readonly {
    readonly of: Comorbidity
    readonly yearsBefore: number
    readonly medicines: readonly HomeMedicine[]
    readonly creatinine?: number
  }[]
  readonly symptoms: readonly { readonly id: string; readonly words: string }[]
  readonly hospital: Hospital
}

/** Who falls ill, with which histology: drawn before anything of the tumour. */
export function drawPerson({ people, hospitals }: Model, draw: Draw): Person {
  const hospital =
    hospitals.hospitals.find(({ id }) => id === draw.pick(Object.fromEntries(hospitals.hospitals.map((h) => [h.id, h.patients])))) ??
    hospitals.hospitals[0]!
  const ancestry = draw.pick(people.ancestry) as Ancestry
  const kind = drawKind(people, ancestry, draw)
  const hasSmoked = !draw.chance(people.neverSmoked[kind][ancestry])
  const sex: Sex = draw.chance(hasSmoked ? people.male[kind] : people.maleNeverSmoker) ? 'male' : 'female'
  const age = draw.bell({ ...(hasSmoked ? people.age[kind] : people.ageNeverSmoker), ...people.ageRange })
  const smoking = !hasSmoked ? 'never' : draw.chance(people.currentOfEver) ? 'current' : 'former'
  const weight = people.bodyWeightKg
  const height = people.heightCm
  const ecogShares = kind === 'smallCell' ? people.ecog.smallCell : people.ecog.nsclc
  const ecog = draw.place(ecogShares)
  // whoever spends days in bed has complaints: those without are all among the fit
  const isFit = ecog <= 1
  const withoutSymptoms = isFit ? people.symptoms.none / (ecogShares[0]! + ecogShares[1]!) : 0
  const symptoms = draw.chance(withoutSymptoms) ? [] : people.symptoms.among.filter(({ share }) => draw.chance(share))
  const lost = symptoms.some(({ id }) => id === 'weight-loss')
  return {
    sex,
    ancestry,
    isHispanic: draw.chance(people.hispanic),
    kind,
    side: draw.chance(0.5) ? 'left' : 'right',
    age,
    smoking,
    ...(hasSmoked ? { packYears: Math.round(draw.bell(people.packYears)) } : {}),
    weightKg: round1(draw.bell({ ...weight[sex], min: weight.min, max: weight.max })),
    heightCm: Math.round(draw.bell({ ...height[sex], min: height.min, max: height.max })),
    weightLossKg: lost ? round1(draw.bell(people.weightLossKg)) : 0,
    ecog,
    illnesses: drawIllnesses(people.comorbidities, sex, hasSmoked, draw),
    symptoms,
    hospital,
  }
}

/** SEER's groups as today's histology: most tumours without a subtype are adenocarcinomas now, part of the large cell ones are neuroendocrine. */
function drawKind(people: Model['people'], ancestry: Ancestry, draw: Draw): CancerKind {
  const group = draw.pick(people.histology[ancestry])
  if (group === 'other') return draw.chance(people.otherNowAdenocarcinoma) ? 'adenocarcinoma' : 'nsclc'
  if (group === 'large') return draw.chance(people.largeIsNeuroendocrine) ? 'neuroendocrine' : 'nsclc'
  return group as CancerKind
}

function drawIllnesses(known: readonly Comorbidity[], sex: Sex, hasSmoked: boolean, draw: Draw): Person['illnesses'] {
  return known
    .filter(({ share, neverSmoker }) => draw.chance(share[sex] * (hasSmoked ? 1 : (neverSmoker ?? 1))))
    .map((of) => ({
      of,
      yearsBefore: draw.whole(1, 15),
      medicines: (of.medicines ?? []).filter(({ share }) => draw.chance(share)),
      ...(of.levels?.creatinine === undefined ? {} : { creatinine: Number(draw.bell(of.levels.creatinine).toFixed(2)) }),
    }))
}

const round1 = (value: number): number => Number(value.toFixed(1))
