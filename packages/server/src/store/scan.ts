import type { Transaction } from './database.ts'

const AT_ONCE = 1000
let opened = 0

/** All rows of a query in pieces, from one snapshot, without ever holding all of them. */
export async function* scan<Row>(tx: Transaction, text: string, values: readonly unknown[] = []): AsyncGenerator<readonly Row[]> {
  opened += 1
  const name = `scan_${opened}`
  await tx.query(`declare ${name} no scroll cursor for ${text}`, values)
  for (;;) {
    const rows = await tx.query<Row>(`fetch ${AT_ONCE} from ${name}`)
    if (rows.length > 0) yield rows
    if (rows.length < AT_ONCE) break
  }
  await tx.query(`close ${name}`)
}
