import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { Refused } from '../../src/issue.ts'
import { openPglite } from '../../src/store/database-pglite.ts'
import { migrate, migrationFiles } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { onBothDatabases } from '../store/databases.ts'

const NEWER = { name: '0099-newer.sql', text: 'create table of_tomorrow (n integer);' }

onBothDatabases('an older server on a newer database', ({ kind, place, open }) => {
  test('is refused: what, why, and what to do; and nothing is changed', { timeout: 60_000 }, async () => {
    const database = await openDatabase(await place())
    try {
      // the newer version, then this one
      await migrate(database, [...migrationFiles(), NEWER])
      const before = await database.query('select name, digest, ran_at from migration order by name')
      const refused = await migrate(database).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(refused).toBeInstanceOf(Refused)
      expect((refused as Refused).issues).toMatchObject([
        {
          code: 'newer-database',
          severity: 'error',
          message: expect.stringContaining('0099-newer.sql, which this version does not know'),
          remedy: expect.stringContaining('start the newer version'),
        },
      ])
      expect(await database.query('select name, digest, ran_at from migration order by name')).toEqual(before)
      // the newer version starts again
      expect(await migrate(database, [...migrationFiles(), NEWER])).toEqual([])
    } finally {
      if (kind === 'postgres') await database.close()
    }
  })

  test('a migration that ran in another form is refused by its name', { timeout: 60_000 }, async () => {
    const { database } = await open()
    const [first, ...rest] = migrationFiles()
    const edited = [{ name: first!.name, text: `${first!.text}\n-- edited` }, ...rest]
    await expect(migrate(database, edited)).rejects.toMatchObject({
      issues: [{ code: 'migration-changed', path: `migrations/${first!.name}`, remedy: expect.stringContaining('restore the file') }],
    })
  })
})

test('secondwind serve, verify, import and audit say so and stop', { timeout: 120_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'secondwind-older-'))
  try {
    const database = await openPglite(folder)
    await migrate(database, [...migrationFiles(), NEWER])
    await database.close()
    const lines = path.join(folder, 'some.ndjson')
    fs.writeFileSync(lines, '')
    for (const command of [['serve'], ['verify'], ['import', lines], ['audit', 'verify']]) {
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        [path.resolve(import.meta.dirname, '../../src/cli/main.ts'), ...command],
        {
          encoding: 'utf8',
          timeout: 60_000,
          env: { ...process.env, SECONDWIND_DATA: folder, SECONDWIND_PORT: '0', SECONDWIND_DATABASE_URL: '' },
        },
      )
      expect({ command, status, stdout }).toEqual({ command, status: 2, stdout: '' })
      expect(stderr).toContain('a newer version of Second Wind has worked on this database')
      expect(stderr).toContain('restore the backup')
      expect(stderr).not.toMatch(/^\s+at /m)
    }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
})
