import { createHash } from 'node:crypto'
import { Refused, refusal } from '../issue.ts'
import type { Queries } from '../store/index.ts'
import { type Key, type ListQuestion, nameKeyOf, type Viewer } from './query.ts'

/** What a cursor belongs to: with another search or order it would show something else, and is refused. */
const markOf = (question: ListQuestion): string => createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 10)

/** Where a page ended. Never a name: in a list sorted by names only the patient is in it. */
export const cursorText = ({ number, patient }: Key, question: ListQuestion): string =>
  Buffer.from(JSON.stringify([markOf(question), number, patient])).toString('base64url')

/** The key after which the next page begins. Refuses a cursor of another list, and one whose patient is in no list any more. */
export async function keyOf(db: Queries, cursor: string, question: ListQuestion, viewer: Viewer): Promise<Key> {
  const [mark, number, patient] = read(cursor) ?? []
  if (typeof number !== 'number' || typeof patient !== 'string' || mark !== markOf(question)) throw strange('belongs to another list')
  if (question.sort !== 'name') return { number, text: '', patient }
  const key = await nameKeyOf(db, question, viewer, patient)
  if (key === undefined) throw strange('ended at a patient who is not there any more')
  return key
}

const strange = (message: string): Refused =>
  new Refused([refusal('invalid-parameter', 'cursor', message, 'read the list again from its first page, without a cursor')])

function read(cursor: string): readonly unknown[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) ? parts : undefined
  } catch {
    return undefined
  }
}
