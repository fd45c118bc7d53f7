import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { asker, type Peer } from './measure.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')

/** Reads what a process says until it has said where it listens. */
async function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let told = ''
  for await (const part of child.stdout!) {
    told += String(part)
    const found = pattern.exec(told)
    if (found) {
      child.stdout!.resume()
      return found
    }
  }
  throw new Error(`it did not start: ${told.slice(-2000)}`)
}

const stopping = (child: ChildProcess) => async (): Promise<void> => {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** `secondwind serve` as it is started for use, with sign-in, access, validation, audit and jobs. Without `databaseUrl` on the embedded database. */
export async function secondWind(folder: string, databaseUrl: string | undefined): Promise<Peer & { readonly base: string }> {
  const child = spawn(process.execPath, [path.join(ROOT, 'packages/server/src/cli/main.ts'), 'serve'], {
    env: {
      ...process.env,
      SECONDWIND_PORT: '0',
      SECONDWIND_LOGS: 'off',
      SECONDWIND_REQUESTS_PER_MINUTE: '10000000',
      SECONDWIND_DATA: folder,
      ...(databaseUrl === undefined ? {} : { SECONDWIND_DATABASE_URL: databaseUrl }),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [, base, token] = await said(child, /FHIR R4 at (\S+)\/fhir[\s\S]*Bearer (\S+)/)
  return {
    name: 'second-wind',
    pid: child.pid,
    base: base!,
    ask: asker(base!, { authorization: `Bearer ${token}` }),
    stop: stopping(child),
  }
}

/** HAPI FHIR's JPA server from Maven Central (`benchmarks/hapi`), or why it cannot be started here. */
export async function hapi(jdbcUrl: string, connections: number): Promise<Peer | { readonly skipped: string }> {
  for (const program of ['mvn', 'javac'])
    if (spawnSync(program, ['-version']).error)
      return { skipped: `${program} is not installed (apt-get install maven default-jdk-headless)` }
  const home = path.join(os.homedir(), '.cache', 'second-wind-hapi-8.4.0')
  const library = path.join(home, 'lib')
  if (!fs.existsSync(path.join(home, 'complete'))) {
    const fetched = spawnSync('mvn', ['-B', '-ntp', '-q', 'dependency:copy-dependencies', `-DoutputDirectory=${library}`], {
      cwd: path.join(ROOT, 'benchmarks/hapi'),
      encoding: 'utf8',
    })
    if (fetched.status !== 0) return { skipped: `Maven could not fetch HAPI: ${`${fetched.stdout}${fetched.stderr}`.slice(-800)}` }
    fs.writeFileSync(path.join(home, 'complete'), '')
  }
  const classes = path.join(home, 'classes')
  const compiled = spawnSync('javac', ['-cp', `${library}/*`, '-d', classes, path.join(ROOT, 'benchmarks/hapi/HapiPeer.java')], {
    encoding: 'utf8',
  })
  if (compiled.status !== 0) return { skipped: `it does not compile: ${compiled.stderr.slice(-800)}` }
  const child = spawn('java', ['-Xmx3g', '-cp', `${classes}:${library}/*`, 'HapiPeer', jdbcUrl, String(connections)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [, base] = await said(child, /HAPI at (\S+)\/fhir/)
  return { name: 'hapi', pid: child.pid, ask: asker(base!), stop: stopping(child) }
}

/** Medplum's router on its repository in memory: no database, no access, no log. */
export async function medplum(): Promise<Peer> {
  const child = spawn(process.execPath, [path.join(ROOT, 'packages/server/test/peers/medplum.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [, base] = await said(child, /Medplum at (\S+)\/fhir/)
  return { name: 'medplum', pid: child.pid, ask: asker(base!), stop: stopping(child) }
}
