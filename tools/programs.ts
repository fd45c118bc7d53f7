import { spawnSync } from 'node:child_process'
import fs from 'node:fs'

/** Programs that tests need beside Node: real ones, from the packages of Debian. */
const PROGRAMS = [
  {
    name: 'chromium',
    is: () => ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((file) => fs.existsSync(file)),
  },
  {
    name: 'postgresql',
    is: () => {
      const own = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
      const debian = '/usr/lib/postgresql'
      const folders = fs.existsSync(debian) ? fs.readdirSync(debian).map((version) => `${debian}/${version}/bin`) : []
      return [own, ...folders].some((folder) => folder && fs.existsSync(`${folder}/initdb`))
    },
  },
] as const

type Program = (typeof PROGRAMS)[number]['name']

/** Fetches what is missing when that can be done (root on Debian), else says how. Gives what is still missing. */
export function fetchPrograms(): readonly Program[] {
  const missing = (): readonly Program[] => PROGRAMS.filter(({ is }) => !is()).map(({ name }) => name)
  const wanted = missing()
  if (wanted.length === 0) return []
  const command = `apt-get install -y --no-install-recommends ${wanted.join(' ')}`
  if (process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) {
    console.log(`missing: ${wanted.join(', ')}. Tests that need them are skipped. To run them: sudo ${command}`)
    return wanted
  }
  console.log(`fetching ${wanted.join(', ')} from the packages of Debian …`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const args of [['update', '-q'], command.split(' ').slice(1)])
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const still = missing()
  if (still.length > 0) console.log(`could not be fetched: ${still.join(', ')}. Tests that need them are skipped.`)
  return still
}
