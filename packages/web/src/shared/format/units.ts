import { useLocalStorage } from '@mantine/hooks'

/** `si`: µmol/L, g/L, kg, cm. `conventional`: mg/dL, g/dL, lb and in where that is how people there say it. */
export const UNIT_SYSTEMS = ['si', 'conventional'] as const
export type UnitSystem = (typeof UNIT_SYSTEMS)[number]

/** The units in which values are shown on this device. Nothing of a patient is kept with it. */
export function useUnits(): readonly [UnitSystem, (system: UnitSystem) => void] {
  const [units, setUnits] = useLocalStorage<UnitSystem>({ key: 'second-wind.units', defaultValue: 'si', getInitialValueInEffect: false })
  return [UNIT_SYSTEMS.includes(units) ? units : 'si', setUnits]
}
