export { CALCULATORS, type Calculation, type Calculator, type CalculatorInput, type CalculatorValues } from './delivery/index.ts'
export * from './planning/index.ts'
