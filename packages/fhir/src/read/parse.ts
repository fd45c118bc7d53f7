import { err, type Issue, ok, type Result } from '@secondwind/core'
import { assembleCharts, type ParsedChart } from './assemble.ts'
import { type Collected, collectResources } from './collect.ts'

export interface ParseLimits {
  /** Characters (or bytes) of text; more is refused. Default 512 MB, below what a JavaScript string can hold. */
  readonly maxCharacters?: number
  /** Levels of nesting; more is refused. Default 200. */
  readonly maxDepth?: number
}

const DEFAULT_LIMITS = { maxCharacters: 512 * 1024 * 1024, maxDepth: 200 }

declare const TextDecoder: { new (encoding: string): { decode(bytes: Uint8Array): string } }

/**
 * The charts in a text: one R4 Bundle of any type, a single resource, a JSON array of resources, or NDJSON of resources or bundles; one chart per patient.
 *
 * Refuses what cannot be read at all (empty, not JSON, truncated, not FHIR, too large, too deep, no patient), with every issue. A broken NDJSON line
 * refuses the whole input: a chart with a hole in it is not a chart.
 * Everything less than that is an issue of the chart it belongs to. The order of resources never matters.
 */
export function parseCharts(input: string | Uint8Array, limits: ParseLimits = {}): Result<readonly ParsedChart[], readonly Issue[]> {
  const maxCharacters = limits.maxCharacters ?? DEFAULT_LIMITS.maxCharacters
  const size = typeof input === 'string' ? input.length : input.byteLength
  if (size > maxCharacters) {
    return err([
      fatal(
        'too-large',
        'input',
        `the input has ${size} characters; at most ${maxCharacters} are read`,
        'send one patient at a time, as NDJSON',
      ),
    ])
  }
  const text = stripMark(typeof input === 'string' ? input : decode(input))
  const collected = nothingYet(limits)
  const failures = parseInto(text, collected)
  if (failures.length > 0) return err(failures)
  return assembleCharts(collected)
}

/** The charts of a list of resources (or bundles) that is parsed already, as `parseCharts` gives them for its text. The values belong to the charts from now on. */
export function chartsOfList(
  values: readonly unknown[],
  limits: Pick<ParseLimits, 'maxDepth'> = {},
): Result<readonly ParsedChart[], readonly Issue[]> {
  const collected = nothingYet(limits)
  const failures = collectTop(values, collected)
  if (failures.length > 0) return err(failures)
  return assembleCharts(collected)
}

const nothingYet = ({ maxDepth }: ParseLimits): Collected => ({
  resources: [],
  issues: [],
  tombstones: [],
  fullUrls: new Map(),
  maxDepth: maxDepth ?? DEFAULT_LIMITS.maxDepth,
})

function parseInto(text: string, collected: Collected): readonly Issue[] {
  const start = firstVisible(text)
  if (start < 0) return [fatal('not-json', 'input', 'the input is empty', 'give a FHIR R4 Bundle in JSON, or NDJSON')]
  const whole = parseJson(text)
  if (whole.ok) return collectTop(whole.value, collected)
  const first = text[start]
  if (first !== '{' && first !== '[') {
    const what = first === '<' ? 'the input looks like XML' : 'the input is not JSON'
    return [fatal('not-json', 'input', what, 'export the chart as FHIR R4 JSON')]
  }
  return parseLines(text, whole.error, collected)
}

function collectTop(value: unknown, collected: Collected): readonly Issue[] {
  if (Array.isArray(value)) {
    if (value.length === 0)
      return [fatal('missing-patient', 'input', 'the list of resources is empty', 'include the Patient and the chart')]
    return value.flatMap((item, index) => collectResources(item, `[${index}]`, collected))
  }
  return collectResources(value, 'input', collected)
}

/** NDJSON: the first line must stand alone as JSON, else the text is one broken document and is reported as such. */
function parseLines(text: string, wholeError: string, collected: Collected): readonly Issue[] {
  const failures: Issue[] = []
  let line = 0
  let parsed = 0
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const content = text.slice(at, end).trim()
    at = end + 1
    line += 1
    if (content === '') continue
    const result = parseJson(content)
    if (!result.ok) {
      if (parsed === 0) {
        return [fatal('not-json', 'input', `not valid JSON: ${wholeError}`, 'check that the file is complete; it may have been cut off')]
      }
      failures.push(
        fatal(
          'not-json',
          `line ${line}`,
          `not valid JSON: ${result.error}`,
          'check that the line is complete; nothing of this input is used until it is',
        ),
      )
      continue
    }
    parsed += 1
    failures.push(...collectResources(result.value, `line ${line}`, collected))
  }
  return failures
}

function parseJson(text: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(text) as unknown)
  } catch (error) {
    return err(error instanceof Error ? error.message.slice(0, 160) : 'unreadable')
  }
}

const stripMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  return new TextDecoder(encoding).decode(bytes)
}

function firstVisible(text: string): number {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 32) return at
  return -1
}

const fatal = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
