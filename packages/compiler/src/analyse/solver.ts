import type { Term } from '../emit/smt-terms.ts'

/** Z3, spoken to in SMT-LIB 2. One session keeps what it was told; questions are asked under assumptions that are taken back. */
export interface Solver {
  /** Declarations, definitions and assertions that stay. */
  tell(text: string): Promise<void>
  /** Whether the terms can hold together; with `read`, the values of these terms in a model. */
  check(assertions: readonly Term[], read?: readonly Term[]): Promise<Answer>
  /** How many questions were asked. */
  asked(): number
  close(): void
}

export type Answer = { readonly sat: true; readonly values: ReadonlyMap<Term, boolean | number> } | { readonly sat: false }

/** A session that is opened, and told what stays, only when it is first asked: a run whose answers are all remembered loads no solver. */
export function solverWhenAsked(text: () => string, place = 0): Solver {
  let opened: Promise<Solver> | undefined
  let asked = 0
  const open = (): Promise<Solver> => {
    opened ??= openSolver(place).then(async (solver) => {
      await solver.tell(text())
      return solver
    })
    return opened
  }
  return {
    tell: async (more) => (await open()).tell(more),
    check: async (assertions, read) => {
      asked += 1
      return (await open()).check(assertions, read)
    },
    asked: () => asked,
    close: () => void opened?.then((solver) => solver.close()),
  }
}

/** What is used of the WebAssembly module itself. */
interface Emscripten {
  _malloc(bytes: number): number
  _free(at: number): void
  readonly HEAPU8: Uint8Array
  ccall(name: string, returns: 'void', types: readonly string[], values: readonly unknown[]): void
  async_call(start: () => void): Promise<string>
}

export const SOLVER_VERSION = 'z3-solver@5.2.0'

const load = async () => {
  const { init } = await import('z3-solver/build/node.js')
  return init()
}
/** One for each place at the machine: a module answers one question at a time, its sessions in turn. */
const loading: ReturnType<typeof load>[] = []

/** Loads Z3 (35 MB of WebAssembly, about 0.2 s) and opens a session. It answers `unknown` to nothing that we ask; if it does, that throws. Sessions of two places run at the same time. */
export async function openSolver(place = 0): Promise<Solver> {
  loading[place] ??= load()
  const { Z3, em } = await loading[place]!
  const config = Z3.mk_config()
  Z3.set_param_value(config, 'model', 'true')
  const context = Z3.mk_context(config)
  Z3.del_config(config)
  let asked = 0
  const module = em as Emscripten
  /**
   * `Z3.eval_smtlib2_string` passes its text on the stack of the calling thread, which is free again before the solver's thread has read it:
   * long texts arrive garbled. Here the text stands on the heap until the answer is there.
   */
  const evaluate = async (text: string): Promise<string> => {
    const bytes = new TextEncoder().encode(`${text}\0`)
    const at = module._malloc(bytes.length)
    module.HEAPU8.set(bytes, at)
    const reply = await module.async_call(() => module.ccall('async_Z3_eval_smtlib2_string', 'void', ['number', 'number'], [context, at]))
    module._free(at)
    if (/\(error|unsupported/.test(reply)) throw new Error(`invariant: the solver refused what it was told: ${reply.slice(0, 400)}`)
    return reply
  }
  return {
    tell: async (text) => void (await evaluate(text)),
    check: async (assertions, read = []) => {
      asked += 1
      const asserts = assertions.map((term) => `(assert ${term})`).join('\n')
      if (read.length === 0) return verdictOf(await evaluate(`(push)\n${asserts}\n(check-sat)\n(pop)`), new Map())
      const verdict = await evaluate(`(push)\n${asserts}\n(check-sat)`)
      const values = verdict.trim() === 'sat' ? readValues(read, await evaluate(`(get-value (${read.join(' ')}))`)) : new Map()
      await evaluate('(pop)')
      return verdictOf(verdict, values)
    },
    asked: () => asked,
    close: () => {
      Z3.del_context(context)
    },
  }
}

function verdictOf(reply: string, values: ReadonlyMap<Term, boolean | number>): Answer {
  const verdict = reply.trim()
  if (verdict === 'sat') return { sat: true, values }
  if (verdict === 'unsat') return { sat: false }
  throw new Error(`invariant: the solver answered ${verdict}`)
}

/** `((|ecog| 2) (|bmi| (/ 41.0 2.0)) (|fever| true))` */
function readValues(read: readonly Term[], reply: string): ReadonlyMap<Term, boolean | number> {
  const values = new Map<Term, boolean | number>()
  const tokens = reply.match(/\|[^|]*\||[()]|[^\s()|]+/g) ?? []
  let at = 0
  const parse = (): unknown => {
    const token = tokens[at++]
    if (token !== '(') return token
    const list: unknown[] = []
    while (tokens[at] !== ')') list.push(parse())
    at += 1
    return list
  }
  // in the order asked for; the terms are printed back, not always as they were written
  const pairs = parse() as readonly (readonly [unknown, unknown])[]
  read.forEach((term, i) => {
    values.set(term, valueFrom(pairs[i]![1]))
  })
  return values
}

function valueFrom(value: unknown): boolean | number {
  if (value === 'true') return true
  if (value === 'false') return false
  if (Array.isArray(value)) {
    const [op, a, b] = value
    if (op === '-') return -Number(valueFrom(a))
    if (op === '/') return Number(valueFrom(a)) / Number(valueFrom(b))
  }
  const number = Number(String(value).replace(/\?$/, ''))
  if (Number.isNaN(number)) throw new Error(`invariant: the solver gave a value that is no number: ${JSON.stringify(value)}`)
  return number
}
