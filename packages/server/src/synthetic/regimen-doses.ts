import type { KnowledgeBase, Regimen, RegimenComponent } from '@secondwind/core'
import type { Regimens } from './life/course.ts'

/** The body that a dose is for. Kilograms, centimetres, years, mg/dL. */
export interface Body {
  readonly weightKg: number
  readonly heightCm: number
  readonly age: number
  readonly isFemale: boolean
  readonly creatinineMgDl: number
}

export interface Dose {
  /** Day of the treatment, 0 is the first. */
  readonly day: number
  readonly drug: string
  readonly doseMg: number
}

/** Body surface in square metres. Source: Mosteller 1987. */
const surface = ({ weightKg, heightCm }: Body): number => Math.sqrt((weightKg * heightCm) / 3600)

/** Creatinine clearance in mL/min, at most 125 as carboplatin orders have it. Source: Cockcroft and Gault 1976. */
const clearance = ({ weightKg, age, isFemale, creatinineMgDl }: Body): number =>
  Math.min(125, ((140 - age) * weightKg * (isFemale ? 0.85 : 1)) / (72 * creatinineMgDl))

/** One dose in mg; AUC by Calvert 1989 (target × (GFR + 25)). Undefined where the knowledge base has no dose. */
function doseMg({ dose, bands, unit, capMg }: Pick<RegimenComponent, 'dose' | 'bands' | 'unit' | 'capMg'>, body: Body): number | undefined {
  const amount = bands?.find(({ belowKg }) => belowKg === undefined || body.weightKg < belowKg)?.dose ?? dose
  if (amount === undefined) return undefined
  const mg = {
    mg: amount,
    ug: amount / 1000,
    'mg/m2': amount * surface(body),
    'mg/kg': amount * body.weightKg,
    AUC: amount * (clearance(body) + 25),
  }[unit]
  const capped = Math.min(mg, capMg ?? Number.POSITIVE_INFINITY)
  return capped >= 20 ? Math.round(capped / 5) * 5 : Number(capped.toFixed(1))
}

export const isGivenOnDays = (component: RegimenComponent): boolean => Array.isArray(component.days)

/** Every infusion (and tablet of single days) from the first day to `lastDay`: induction cycles, then maintenance or the same again. */
export function dosesOf(regimen: Regimen, body: Body, lastDay: number): readonly Dose[] {
  const doses: Dose[] = []
  const length = regimen.cycleDays ?? 21
  const induction = regimen.cycles ?? Number.POSITIVE_INFINITY
  for (let cycle = 1, start = 0; start <= lastDay; cycle++) {
    const isMaintenance = cycle > induction
    if (isMaintenance && regimen.maintenance === undefined) break
    const components = isMaintenance ? regimen.maintenance!.components : regimen.components
    for (const component of components) {
      for (const { day, mg } of daysOf(component, isMaintenance ? cycle + 100 : cycle, body)) {
        const on = start + day - 1
        if (on <= lastDay && mg !== undefined) doses.push({ day: on, drug: component.drug, doseMg: mg })
      }
    }
    start += isMaintenance ? (regimen.maintenance!.cycleDays ?? length) : length
  }
  return doses
}

function daysOf(
  component: RegimenComponent,
  cycle: number,
  body: Body,
): readonly { readonly day: number; readonly mg: number | undefined }[] {
  if (typeof component.days === 'string') return []
  const steps = (component.steps ?? []).filter((step) => step.cycle === cycle)
  if (steps.length > 0) return steps.map((step) => ({ day: step.day, mg: doseMg({ ...component, ...step }, body) }))
  return component.days.map((day) => ({ day, mg: doseMg(component, body) }))
}

/** How an order reads: dose, unit, route, days of the cycle. */
export function dosageText({ dose, bands, unit, route, days }: RegimenComponent, cycleDays: number | undefined, body: Body): string {
  const amount = bands?.find(({ belowKg }) => belowKg === undefined || body.weightKg < belowKg)?.dose ?? dose
  const how = route === 'oral' ? 'orally' : 'intravenously'
  const what = amount === undefined ? how : unit === 'AUC' ? `AUC ${amount} ${how}` : `${amount} ${unit} ${how}`
  if (typeof days === 'string') return `${what} ${days === 'twice-daily' ? 'twice daily' : 'once daily'}`
  return `${what} day${days.length > 1 ? 's' : ''} ${days.join(', ')} of ${cycleDays ?? 21}`
}

/** The regimens of a knowledge base as the course of a life needs them. */
export function regimensOf(knowledge: KnowledgeBase): Regimens & { readonly get: (id: string) => Regimen } {
  const byId = new Map(knowledge.regimens.map((regimen) => [regimen.id, regimen]))
  const drugs = new Map(knowledge.drugs.map((drug) => [drug.id, drug]))
  const get = (id: string): Regimen => {
    const regimen = byId.get(id)
    if (regimen === undefined) throw new Error(`invariant: the generator names the regimen ${id}, which the knowledge base does not have`)
    return regimen
  }
  return {
    get,
    classes: (id) => new Set(get(id).components.flatMap(({ drug }) => drugs.get(drug)?.classes ?? [])),
    drugs: (id) => get(id).components.map(({ drug }) => drug),
    plannedDays: (id) => {
      const { cycles, cycleDays, maintenance } = get(id)
      return cycles === undefined || maintenance !== undefined || get(id).components.some((c) => !isGivenOnDays(c))
        ? undefined
        : cycles * (cycleDays ?? 21)
    },
  }
}
