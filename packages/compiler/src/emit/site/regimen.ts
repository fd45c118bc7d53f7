import { biologicallyEffectiveDose, equivalentDoseIn2Gy, type Fractionation, type Regimen, type RegimenComponent } from '@secondwind/core'
import { criterionList } from './criterion.ts'
import type { Cross } from './cross.ts'
import { counted, type Html, html, nothing, SCROLL } from './html.ts'
import { drugLink, idLine, reviewBadge } from './links.ts'

const ROUTES: { readonly [route: string]: string } = { iv: 'intravenous', oral: 'by mouth', sc: 'under the skin', im: 'into the muscle' }
const UNITS: { readonly [unit: string]: string } = { 'mg/m2': 'mg/m²', 'mg/kg': 'mg/kg', AUC: 'AUC', mg: 'mg', ug: 'µg' }

/** Doses, days and what goes with them, as the protocol states them. */
export function regimenBlock(cross: Cross, regimen: Regimen, root: string, isLinked = true): Html {
  const { maintenance } = regimen
  return html`<div class="regimen" id="${regimen.id}">
<h3>${isLinked ? html`<a href="${root}regimen/${regimen.id}.html">${regimen.title}</a>` : regimen.title}${reviewBadge(regimen.review)} ${idLine(regimen.id)}</h3>
<p class="cycle">${cycleText(regimen.cycleDays, regimen.cycles)}</p>
${doseTable(cross, regimen.components, root)}
${maintenance && html`<h4>${maintenance.title}</h4><p class="cycle">${cycleText(maintenance.cycleDays, undefined)}</p>${doseTable(cross, maintenance.components, root)}`}
${riskLine(regimen)}
${regimen.concurrent.length > 0 && html`<h4>Goes with it</h4><ul>${regimen.concurrent.map((c) => html`<li>${c.say} <span class="because">because ${c.because}</span></li>`)}</ul>`}
</div>`
}

function cycleText(cycleDays: number | undefined, cycles: number | undefined): string {
  const cycle = cycleDays === undefined ? 'Continuous' : `Every ${counted(cycleDays, 'day')}`
  return cycles === undefined ? cycle : `${cycle}, ${counted(cycles, 'cycle')}`
}

function riskLine({ emeticRisk, febrileNeutropeniaRisk }: Regimen): Html {
  const parts = [
    ...(emeticRisk ? [`emetic risk ${emeticRisk}`] : []),
    ...(febrileNeutropeniaRisk ? [`risk of febrile neutropenia ${febrileNeutropeniaRisk}`] : []),
  ]
  return parts.length > 0 ? html`<p class="risks">${parts.map((p) => html`<span class="badge">${p}</span> `)}</p>` : nothing
}

function doseTable(cross: Cross, components: readonly RegimenComponent[], root: string): Html {
  return html`${SCROLL}<table class="doses"><thead><tr><th>Drug</th><th>Protocol dose</th><th>Route</th><th>Days</th><th>Infusion</th></tr></thead><tbody>
${components.map(
  (c) =>
    html`<tr><th scope="row">${drugLink(cross, c.drug, root)}${reviewBadge(c.review)}</th><td>${doseText(c)}${c.note && html`<br><small>${c.note}</small>`}</td><td>${ROUTES[c.route] ?? c.route}</td><td>${daysText(c.days)}</td><td>${c.infusionMinutes === undefined ? '–' : `${c.infusionMinutes} min`}</td></tr>`,
)}
</tbody></table></div>`
}

function doseText(c: RegimenComponent): Html {
  const unit = UNITS[c.unit] ?? c.unit
  const amount = (dose: number): string => (c.unit === 'AUC' ? `AUC ${dose}` : `${dose} ${unit}`)
  const lines: string[] = []
  if (c.bands) {
    let above: number | undefined
    for (const band of c.bands) {
      const who = band.belowKg !== undefined ? `below ${band.belowKg} kg` : above !== undefined ? `from ${above} kg` : 'all weights'
      lines.push(`${amount(band.dose)} ${who}`)
      above = band.belowKg
    }
  } else if (c.dose !== undefined) lines.push(amount(c.dose))
  // a line a step, and the lasting dose after them: nobody may read the day as the dose, or begin with the full dose
  if (c.steps) {
    const lasting = typeof c.days === 'string' ? [] : lines.map((l) => `then ${l}`)
    lines.splice(0, lines.length, ...c.steps.map((step) => stepText(step, amount)), ...lasting)
  }
  if (c.capMg !== undefined) lines.push(`at most ${c.capMg} mg`)
  return lines.length > 0 ? html`${lines.map((l, i) => html`${i > 0 && html`<br>`}${l}`)}` : html`<em>no dose is confirmed</em>`
}

function stepText(step: NonNullable<RegimenComponent['steps']>[number], amount: (dose: number) => string): string {
  const doses = step.bands
    ? step.bands.map((b) => `${amount(b.dose)}${b.belowKg === undefined ? '' : ` below ${b.belowKg} kg`}`).join(', else ')
    : step.dose === undefined
      ? 'no dose is confirmed'
      : amount(step.dose)
  const often = step.days ? `, ${step.days.replace(/-/g, ' ')}` : ''
  return `${step.cycle ? `cycle ${step.cycle}, ` : ''}${step.cycle ? 'day' : 'from day'} ${step.day}: ${doses}${often}`
}

function daysText(days: readonly number[] | string): string {
  if (typeof days === 'string') return days.replace(/-/g, ' ')
  return days.length === 1 ? `day ${days[0]}` : `days ${days.join(', ')}`
}

/** What facts do to the doses of these drugs: first that is true applies. */
export function adjustments(cross: Cross, drugs: readonly string[], root: string): Html | undefined {
  const rules = cross.input.compilation.knowledge.dosing.filter((d) => drugs.includes(d.drug))
  if (rules.length === 0) return undefined
  return html`<p class="quiet">For each drug the first row that is true applies; a row above it that is unknown withholds the number.</p>
${SCROLL}<table><thead><tr><th>Drug</th><th>When</th><th>Dose</th></tr></thead><tbody>${rules.map(
    (rule) =>
      html`<tr><th scope="row">${drugLink(cross, rule.drug, root)}</th><td>${criterionList(cross, rule.when, root)}</td><td><strong>${rule.omit ? 'omit' : rule.factor !== undefined ? `${Math.round(rule.factor * 100)}% of the protocol dose` : rule.dose !== undefined ? `${rule.dose} ${unitOf(cross, rule.drug, rule.route)}` : 'words only'}</strong><br><a class="plainlink" href="${root}dose/${rule.id}.html">${rule.say}</a>${reviewBadge(rule.review)}</td></tr>`,
  )}</tbody></table></div>`
}

/** The unit in which every regimen gives a drug by a route; where they differ, the reader is told so. */
function unitOf(cross: Cross, drug: string, route: string | undefined): string {
  const parts = [...cross.regimens.values()].flatMap((r) => [...r.components, ...(r.maintenance?.components ?? [])])
  const units = new Set(parts.filter((c) => c.drug === drug && (route === undefined || c.route === route)).map((c) => c.unit))
  const [unit] = units
  return units.size === 1 && unit !== undefined ? (UNITS[unit] ?? unit) : '(unit of the protocol)'
}

/** Radiation schedules with fraction size, BED and EQD2 as the planner computes them (tumour at alpha/beta 10). */
export function schedules(list: readonly Fractionation[]): Html {
  const tenth = (gy: number): string => (Math.round(gy * 10) / 10).toFixed(1)
  return html`${SCROLL}<table><thead><tr><th>Schedule</th><th>Per fraction</th><th>BED, α/β 10</th><th>EQD2, α/β 10</th><th>Limiting tissue</th></tr></thead><tbody>${list.map(
    (f) => {
      const tumour = { totalGy: f.totalGy, fractions: f.fractions, alphaBetaGy: 10 }
      return html`<tr><th scope="row">${f.totalGy} Gy in ${counted(f.fractions, 'fraction')}${reviewBadge(f.review)}${f.note && html`<br><small>${f.note}</small>`}</th><td>${(f.totalGy / f.fractions).toFixed(2)} Gy</td><td>${tenth(biologicallyEffectiveDose(tumour))} Gy</td><td>${tenth(equivalentDoseIn2Gy(tumour))} Gy</td><td>${
        f.alphaBeta === undefined
          ? '–'
          : `EQD2 ${tenth(equivalentDoseIn2Gy({ ...tumour, alphaBetaGy: f.alphaBeta }))} Gy at α/β ${f.alphaBeta}`
      }</td></tr>`
    },
  )}</tbody></table></div>`
}
