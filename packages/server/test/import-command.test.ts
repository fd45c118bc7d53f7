import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { seal, verifyAudit } from '../src/access/index.ts'
import { importCommand } from '../src/cli/import.ts'
import { openKnowledge } from '../src/compose.ts'
import { openStore } from '../src/store/index.ts'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-import-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

test('what the command brings in is told in the audit log, and what cannot be read in the file of issues', {
  timeout: 60_000,
}, async () => {
  const input = path.join(folder, 'charts.ndjson')
  const lines = [
    { resourceType: 'Patient', id: 'p', gender: 'female' },
    { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'note' }, subject: { reference: 'Patient/p' } },
  ].map((one) => JSON.stringify(one))
  fs.writeFileSync(input, [...lines, '{"resourceType": "Patient", '].join('\n'))
  const issues = path.join(folder, 'issues.ndjson')
  const data = path.join(folder, 'data')
  const told: string[] = []
  const say = { out: (text: string) => void told.push(text), err: () => {} }
  const status = await importCommand([input], { issues }, () => openKnowledge().knowledge, { SECONDWIND_DATA: data }, say)
  expect({ status, told }).toEqual({ status: 1, told: [`2 resources kept, 1 lines refused: ${issues}\n`] })
  expect(fs.readFileSync(issues, 'utf8').trim().split('\n')).toHaveLength(1)

  const store = await openStore({ database: { folder: data } })
  try {
    while ((await seal(store.database)) > 0);
    expect(await verifyAudit(store.database)).toMatchObject({ unsealed: 0, faults: [] })
    const events = await store.database.query<{ who: string; body: string }>('select who, body from audit_event')
    expect(events.map(({ who }) => who)).toEqual(events.map(() => 'Device/bulk-import'))
    for (const kept of ['Patient/p/_history/1', 'Observation/o/_history/1']) expect(events.map(({ body }) => body).join()).toContain(kept)
  } finally {
    await store.close()
  }
})
