import fs from 'node:fs'
import { compileKnowledge, cqlEdition, cqlText, elmJson } from '@secondwind/compiler'

const { knowledge } = compileKnowledge('/work/main/knowledge', '2026-11-23')
const e = cqlEdition(knowledge)
fs.rmSync('/tmp/cqlt/in', { recursive: true, force: true })
fs.mkdirSync('/tmp/cqlt/in')
for (const l of e.libraries) {
  const t = cqlText(l)
  fs.writeFileSync(`/tmp/cqlt/in/${l.id}.cql`, t)
  console.log(l.id, l.definitions.length, t.length, JSON.stringify(elmJson(l)).length)
}
console.log(e.notPrinted)
