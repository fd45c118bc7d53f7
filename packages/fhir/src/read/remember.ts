/** Characters of text that one generation of answers may hold, and what an entry counts beside its text. There are some hundred memories. */
const ROOM = 200_000
const ENTRY = 64

/**
 * A pure function of a text that remembers its latest answers: labels, units and sentences repeat within a chart and from chart to chart.
 * What was asked neither in this generation nor in the one before is forgotten, so memory stays bounded. The answers are shared: never change one.
 */
export function remember<T>(compute: (text: string) => T): (text: string) => T {
  let recent = new Map<string, T | typeof NOTHING>()
  let before = new Map<string, T | typeof NOTHING>()
  let room = ROOM
  const keep = (text: string, answer: T | typeof NOTHING): T => {
    room -= text.length + ENTRY
    if (room < 0) {
      before = recent
      recent = new Map()
      room = ROOM
    }
    recent.set(text, answer)
    return answerOf(answer)
  }
  return (text) => {
    const known = recent.get(text)
    if (known !== undefined) return answerOf(known)
    const older = before.get(text)
    if (older !== undefined) return keep(text, older)
    const answer = compute(text)
    return keep(text, answer === undefined ? NOTHING : answer)
  }
}

/** Stands for the answer `undefined`, so that one look tells it from "never asked". */
const NOTHING = Symbol('nothing')

const answerOf = <T>(kept: T | typeof NOTHING): T => (kept === NOTHING ? (undefined as T) : kept)

/** The same for a text read by means of a table (a lexicon, a list of phrases): one memory for each table, kept as long as the table lives. */
export function rememberWith<K extends object, T>(compute: (table: K, text: string) => T): (table: K, text: string) => T {
  const memoryOf = onceFor((table: K) => remember((text) => compute(table, text)))
  return (table, text) => memoryOf(table)(text)
}

/** The same where what is known of the text beforehand (the gene that it is about) is part of the question. */
export function rememberWithHint<K extends object, T>(
  compute: (table: K, text: string, hint: string | undefined) => T,
): (table: K, text: string, hint: string | undefined) => T {
  const answersTo = rememberWith((_table: K, _text) => new Map<string | undefined, T>())
  return (table, text, hint) => {
    const answers = answersTo(table, text)
    const known = answers.get(hint)
    if (known !== undefined) return known
    const answer = compute(table, text, hint)
    answers.set(hint, answer)
    return answer
  }
}

/** The same for an object read by means of a table (a resource); kept as long as both live. */
export function rememberFor<K extends object, S extends object, T>(compute: (table: K, subject: S) => T): (table: K, subject: S) => T {
  const memoryOf = onceFor((_table: K) => new WeakMap<S, { readonly answer: T }>())
  return (table, subject) => {
    const memory = memoryOf(table)
    const known = memory.get(subject)
    if (known !== undefined) return known.answer
    const answer = compute(table, subject)
    memory.set(subject, { answer })
    return answer
  }
}

/** Answers about one thing by the number of the asker, each with the table it was read from. */
export type Answers = ({ readonly table: object; readonly answer: unknown } | undefined)[]

let askers = 0

/**
 * The same for a concept. Its answers are kept on the concept itself, which costs a quarter of a WeakMap: every reader asks about the code of every
 * observation, and equal concepts are mostly one object (`conceptOf`). One made on the way, without a place for answers, is read each time.
 */
export function rememberConcept<K extends object, S extends { readonly answers?: Answers }, T>(
  compute: (table: K, concept: S) => T,
): (table: K, concept: S) => T {
  const asker = askers
  askers += 1
  return (table, concept) => {
    const { answers } = concept
    const known = answers?.[asker]
    if (known !== undefined && known.table === table) return known.answer as T
    const answer = compute(table, concept)
    if (answers !== undefined) answers[asker] = { table, answer }
    return answer
  }
}

/** One thing for each table, made when it is first asked for. The table asked for last is at hand: there is mostly only one. */
export function onceFor<K extends object, M>(make: (table: K) => M): (table: K) => M {
  const made = new WeakMap<K, M>()
  let lastTable: K | undefined
  let last: M | undefined
  return (table) => {
    if (table === lastTable) return last!
    let one = made.get(table)
    if (one === undefined) {
      one = make(table)
      made.set(table, one)
    }
    lastTable = table
    last = one
    return one
  }
}
