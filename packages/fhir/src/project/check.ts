import type { FactDefinition, FactValue, Issue } from '@secondwind/core'
import type { Reading } from '../read/context.ts'

/** A reading whose value does not have the type, the vocabulary or the plausible range of its fact becomes unknown, with an issue. */
export function checkReading(definition: FactDefinition, reading: Reading, issue: (issue: Issue) => void): Reading {
  const { value } = reading
  if (value === undefined) return reading
  if (definition.type === 'codes' && Array.isArray(value)) return keepListed(definition, reading, value, issue)
  const fault = faultOf(definition, value)
  if (fault === undefined) return reading
  issue({
    code: fault.code,
    severity: 'warning',
    path: reading.source.reference,
    message: `${definition.label}: ${fault.message}`,
    remedy: 'correct it in the chart; until then it counts as unknown',
  })
  const { value: _refused, absence: _absence, ...rest } = reading
  return { ...rest, unknown: fault.code === 'implausible-value' ? 'conflicting' : 'unmapped' }
}

/** A set keeps the values the registry knows; the others are reported, not the whole set lost. */
function keepListed(definition: FactDefinition, reading: Reading, value: readonly unknown[], issue: (issue: Issue) => void): Reading {
  const listed = value.filter((item): item is string => typeof item === 'string' && isListed(definition, item))
  if (listed.length === value.length) return reading
  const odd = value.filter((item) => typeof item !== 'string' || !isListed(definition, item))
  issue({
    code: 'unmapped-code',
    severity: 'warning',
    path: reading.source.reference,
    message: `${definition.label}: ${JSON.stringify(odd)} is not a value of this fact`,
    remedy: 'correct it in the chart, or add the value to the registry',
  })
  if (listed.length > 0) return { ...reading, value: listed }
  const { value: _refused, absence: _absence, ...rest } = reading
  return { ...rest, unknown: 'unmapped' }
}

interface Fault {
  readonly code: 'implausible-value' | 'invalid-element' | 'unmapped-code'
  readonly message: string
}

/** What is wrong with a value as a value of this fact; undefined when nothing is. */
export function faultOf(definition: FactDefinition, value: FactValue): Fault | undefined {
  switch (definition.type) {
    case 'truth':
      return typeof value === 'boolean' ? undefined : wrongType(value)
    case 'integer':
    case 'quantity': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return wrongType(value)
      if (definition.type === 'integer' && !Number.isInteger(value))
        return { code: 'implausible-value', message: `${value} is not a whole number` }
      const range = definition.plausible
      if (range === undefined || (value >= range[0] && value <= range[1])) return undefined
      return {
        code: 'implausible-value',
        message: `${value} ${definition.unit ?? ''} is outside what is possible (${range[0]} to ${range[1]})`.replace('  ', ' '),
      }
    }
    case 'code':
      if (typeof value !== 'string') return wrongType(value)
      return isListed(definition, value) ? undefined : { code: 'unmapped-code', message: `"${value}" is not a value of this fact` }
    case 'codes': {
      if (!Array.isArray(value)) return wrongType(value)
      const odd = value.find((item) => typeof item !== 'string' || !isListed(definition, item))
      return odd === undefined ? undefined : { code: 'unmapped-code', message: `${JSON.stringify(odd)} is not a value of this fact` }
    }
    case 'date':
      return typeof value === 'string' && /^\d{4}(-\d{2}(-\d{2})?)?$/.test(value) ? undefined : wrongType(value)
    case 'text':
      return typeof value === 'string' ? undefined : wrongType(value)
    case 'list':
      return Array.isArray(value) ? undefined : wrongType(value)
  }
}

const isListed = (definition: FactDefinition, value: string): boolean =>
  definition.values === undefined || Object.hasOwn(definition.values, value)

const wrongType = (value: FactValue): Fault => ({
  code: 'invalid-element',
  message: `${JSON.stringify(value).slice(0, 60)} does not have the type of this fact`,
})
