import fs from 'node:fs'
import path from 'node:path'
import { compileKnowledge, knowledgeVersion } from '@secondwind/compiler'
import { today } from '../packages/server/src/compose.ts'
import { count } from './scorecard/counted.ts'
import { countedText, page, partsOf } from './scorecard/page.ts'
import { ROOT } from './steps.ts'

/**
 * `npm run scorecard`: writes SCORECARD.md. `npm run scorecard -- --counted` counts anew and leaves what was measured as it stands (a few seconds);
 * `--without-proof` measures all but the proof, which takes minutes;
 * `--check` writes nothing and fails when the counted part is not what the files say.
 */
const FILE = path.join(ROOT, 'SCORECARD.md')

/** The counted part as the files say it now. The day is the version of the knowledge: the fixtures are written for it. */
export function countedNow(): string {
  const root = path.join(ROOT, 'knowledge')
  const version = knowledgeVersion(root)
  return countedText(count(compileKnowledge(root, version), ROOT, version.slice(0, 10)))
}

/** The counted part as SCORECARD.md has it; empty when there is no such page. */
export const countedBefore = (): string => writtenParts()?.counted ?? ''

const writtenParts = (): ReturnType<typeof partsOf> => (fs.existsSync(FILE) ? partsOf(fs.readFileSync(FILE, 'utf8')) : undefined)

/** Why the page publishes no proof; undefined when it does. A page that says "Not run" leaves open whether the base is proven. */
export function proofGap(measured = writtenParts()?.measured ?? ''): string | undefined {
  const remedy = 'run npm run scorecard'
  const section = /^#+ Is it proven.*\n([\s\S]*?)(?=^#|$(?![\s\S]))/m.exec(measured)?.[1]
  if (section === undefined) return `has no section on the proof (${remedy})`
  return /not run/i.test(section) ? `its proof was not run (${remedy})` : undefined
}

/** Loaded when it is wanted: it brings the engines of the differential suite. */
const measured = async (withProof: boolean): Promise<string> =>
  (await import('./scorecard/measured.ts')).measuredText(ROOT, today(), withProof)

const FLAGS = ['--counted', '--check', '--without-proof']

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => !FLAGS.includes(arg))
  if (unknown !== undefined) {
    console.error(`${unknown} is not known; ${FLAGS.join(', ')} are`)
    return 1
  }
  const counted = countedNow()
  if (args.includes('--check')) {
    const isSame = counted === countedBefore()
    const proof = proofGap()
    if (proof !== undefined) console.log(`SCORECARD.md: ${proof}`)
    console.log(isSame ? 'SCORECARD.md says what the files say' : 'SCORECARD.md is out of date: npm run scorecard -- --counted')
    return isSame && proof === undefined ? 0 : 1
  }
  const kept = args.includes('--counted') ? writtenParts()?.measured : undefined
  fs.writeFileSync(FILE, page(counted, kept ?? (await measured(!args.includes('--without-proof')))))
  console.log('SCORECARD.md is written')
  return 0
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.slice(2))
