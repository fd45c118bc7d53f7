import { randomUUID } from 'node:crypto'
import { err, ok, type Result } from '@secondwind/core'
import type { Entered } from '@secondwind/fhir'
import type { Repository } from '../fhir-api/repository.ts'
import { refusal, type ServerIssue } from '../issue.ts'
import type { ChartContent, Write } from '../store/index.ts'
import { entryOf, entryProvenance, handEntries } from './hand-entries.ts'
import { asWritten, inError } from './in-error.ts'
import { openedChart, resourcesOf } from './opened-chart.ts'
import type { AnyResource } from './person.ts'

/** Whether a resource reads again as the entry wrote it: whatever came after it has been taken back. */
async function isAsEntered({ readers }: Repository, now: ChartContent['resources'][number], entered: number): Promise<boolean> {
  const then = await readers.readVersion(now.type, now.id, entered)
  const plain = (body: string | undefined | null): string => JSON.stringify(asWritten(JSON.parse(body ?? '{}') as AnyResource))
  return then?.body !== undefined && plain(then.body) === plain(now.body)
}

/** Takes one entry by hand back: what it added is marked as entered in error, what it changed gets its former content as a new version. Nothing is removed, and what somebody changed since then is not overwritten. */
export async function undoEntry(
  repo: Repository,
  patient: string,
  revision: number,
  id: string,
  now: Date,
): Promise<{ readonly revision: number }> {
  return repo.inTransaction(async (inside): Promise<Result<{ readonly revision: number }, readonly ServerIssue[]>> => {
    const opened = await openedChart(inside, patient, revision)
    if (!opened.ok) return opened
    const resources = resourcesOf(opened.value.content)
    const provenance = resources.find((resource) => resource.resourceType === 'Provenance' && resource.id === id)
    const entry = provenance === undefined ? undefined : entryOf(provenance)
    const listed = handEntries(resources).find((one) => one.id === id)
    if (entry === undefined || listed === undefined)
      return err([refusal('not-found', id, 'there is no such entry in this chart', 'read the case again: it lists the entries by hand')])
    if (listed.isUndone)
      return err([refusal('already-exists', id, 'this entry was taken back before', 'there is nothing left to take back')])
    const versions = new Map(opened.value.content.resources.map((version) => [`${version.type}/${version.id}`, version]))
    const writes: Write[] = []
    const before: string[] = []
    for (const reference of entry.written) {
      const version = versions.get(reference)
      if (version === undefined) continue
      const former = entry.before.find((one) => one.startsWith(`${reference}/_history/`))
      const entered = former === undefined ? 1 : Number(former.split('/').at(-1)) + 1
      if (version.version !== entered && !(await isAsEntered(inside, version, entered)))
        return err([
          refusal(
            'version-conflict',
            reference,
            'somebody has changed this since it was entered',
            'take the later change back first, or enter the value that holds now',
          ),
        ])
      const old =
        former === undefined ? undefined : await inside.readers.readVersion(version.type, version.id, Number(former.split('/').at(-1)))
      const resource = old?.body
        ? (asWritten(JSON.parse(old.body) as AnyResource) as Entered)
        : inError(asWritten(JSON.parse(version.body ?? '{}') as AnyResource))
      writes.push({ kind: 'update', resource, ifMatch: version.version })
      before.push(`${reference}/_history/${version.version}`)
    }
    const note = entryProvenance({
      id: randomUUID(),
      fact: entry.fact,
      patient,
      who: inside.session.author.who,
      at: now.toISOString(),
      operation: 'NULLIFY',
      written: entry.written,
      before,
      undoes: id,
    })
    await inside.writeAll([...writes, { kind: 'create', resource: note }])
    return ok({ revision: (await inside.readers.chart(patient)).revision })
  })
}
