import fs from 'node:fs'
import { expect, test } from 'vitest'
import { assembled, TARGET } from '../../../tools/build-planes.ts'

test('the assembled plane machine is that of its source', async () => {
  expect(fs.readFileSync(TARGET, 'utf8')).toBe(await assembled())
})
