export {
  CALCULATORS,
  type Calculation,
  type Calculator,
  type CalculatorContext,
  type CalculatorInput,
  type CalculatorValues,
} from './calculators.ts'
export { type CompiledAdjustment, type DoseContext, doseInputs } from './dose-context.ts'
export { plannedFractionation } from './fractionation.ts'
export { burdenOf, concurrentOf, plannedRegimen } from './regimen.ts'
