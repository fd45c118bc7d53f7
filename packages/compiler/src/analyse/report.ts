import type { FactDefinition, PlanDocument } from '@secondwind/core'
import type { ProofFinding, Property } from './question.ts'
import { type Witness, witnessText } from './witness.ts'

/** Why each property matters to a patient: the third step of the ladder what, where, why, remedy. */
const WHY: { readonly [property in Property]: string } = {
  gap: 'a patient whom no rule thinks of gets a plan that says nothing, and nobody notices',
  conflict: 'two advices that exclude each other leave the choice to chance, and the reader without a reason',
  dead: 'a rule that can never speak protects nobody, and its author believes that it does',
  always: 'a condition that everyone meets is no condition: it was meant for some',
  monotone: 'advice that a further result takes back was never safe to give',
}

/** One finding for a person at a terminal: where, what, the patient, why it matters, what to do. */
export function proofText(finding: ProofFinding, plan: PlanDocument | undefined, command: string | undefined): string {
  const { rules, property, key, message, remedy, because, witness } = finding
  const [first, ...others] = rules
  const lines = [`${first ? `${first.file}:${first.line}  ` : ''}${property} [${key}]: ${message}`]
  for (const rule of others) lines.push(`  also    ${rule.file}:${rule.line}  ${rule.id}`)
  if (because && because.length > 0) lines.push(`  parts   ${because.join('\n          and ')}`)
  if (witness) lines.push(`  patient ${witnessText(witness)}`)
  if (plan) lines.push(`  plan    ${plan.options.map((o) => `${o.rank} ${o.id} ${o.standing}`).join('; ') || 'no option'}`)
  if (command) lines.push(`  try     ${command}`)
  lines.push(`  why     ${WHY[property]}`, `  remedy  ${remedy}`)
  return lines.join('\n')
}

/** The witness as a command over a chart that says nothing else. Classes follow from the drugs; undefined where a value cannot be typed. */
export function planCommand(witness: Witness, definitions: readonly FactDefinition[], chart: string, asOf: string): string | undefined {
  if (witness.stale.length > 0) return undefined
  const byId = new Map(definitions.map((d) => [d.id, d]))
  const sets: string[] = []
  for (const [id, value] of Object.entries(witness.given)) {
    const definition = byId.get(id)!
    if (id.endsWith('-classes') && `${id.slice(0, -'classes'.length)}drugs` in witness.given) continue
    if (value === 'never' || value === 'something-else') return undefined
    const unit = definition.unit === undefined || /^1$|^\{/.test(definition.unit) ? '' : ` ${definition.unit}`
    const text =
      value === null
        ? 'unknown'
        : definition.type === 'list'
          ? JSON.stringify(value)
          : Array.isArray(value)
            ? value.join(',') || 'none'
            : typeof value === 'number'
              ? `${value}${unit}`
              : String(value)
    sets.push(`--set '${id}=${text}'`)
  }
  return `npm run secondwind -- plan ${chart} --as-of ${asOf} ${sets.join(' ')}`
}
