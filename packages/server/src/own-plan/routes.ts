import { patientPage, withPhones } from '@secondwind/care'
import type { KnowledgeBase, PlanDocument } from '@secondwind/core'
import { json, orThrow, type Route } from '../api/index.ts'
import { type AnyResource, nameOf } from '../charts/person.ts'
import type { OwnPlan, OwnPlans } from '../contract/own-plan.ts'
import type { PlanMaker } from '../plans/plan-maker.ts'
import { queryOf } from '../plans/requests.ts'
import { hiddenFrom, withheld } from '../plans/withhold.ts'
import type { RecordedDecision, Store } from '../store/index.ts'
import { ordersOf } from '../workspace/orders.ts'
import { appointmentsOf, membersOf, named } from './chart.ts'
import type { SitePhones } from './phones.ts'

export interface OwnPlanRoutesConfig {
  readonly store: Store
  readonly maker: () => PlanMaker
  /** The clinical date, ISO day, and the instant. */
  readonly today: () => string
  readonly now: () => Date
  readonly phones?: SitePhones
}

/** Shown folded, and there only where the patient has asked to hear of time. */
const OUTLOOK = 'outlook'

/**
 * For patients and those who care for them: their own plan in plain words, the same source as the printed page (`patientPage`). Of treatment it speaks only as
 * far as a clinician has decided; what the computer proposes is for the team to talk about first.
 */
export function ownPlanRoutes({ store, maker, today, now, phones }: OwnPlanRoutesConfig): readonly Route[] {
  const list: Route = {
    id: 'own-plan.list',
    method: 'GET',
    path: '/my-plan',
    rule: { interaction: 'search', about: 'own-plan' },
    summary: 'For whom this patient or carer may see a plan of their own',
    handle: async (request) => {
      queryOf(request.query, [])
      const { within } = await request.authorize({ interaction: 'search', type: 'own-plan' })
      const patients = (within?.charts ?? []).map((chart) => chart.replace(/^Patient\//, ''))
      const found = await Promise.all(patients.map((id) => store.read('Patient', id)))
      const people = patients.flatMap((patient, i): OwnPlans['people'] => {
        const body = found[i]?.body
        if (body == null) return []
        const name = nameOf(JSON.parse(body) as AnyResource)
        return [{ patient, ...(name === undefined ? {} : { name }) }]
      })
      await request.seen(
        { interaction: 'search', type: 'own-plan' },
        found.flatMap((version) => version ?? []),
      )
      return json({ people } satisfies OwnPlans)
    },
  }

  const own: Route = {
    id: 'own-plan.read',
    method: 'GET',
    path: '/my-plan/:patient',
    rule: { interaction: 'read', about: 'own-plan', patientFrom: 'patient' },
    summary: 'My own plan in plain words: what was decided and by whom, what comes next, what is waited for, who helps',
    handle: async (request) => {
      queryOf(request.query, [])
      const patient = request.params.patient!
      const action = { interaction: 'read', type: 'own-plan', patient } as const
      const content = await store.chart(patient)
      const made = orThrow(maker().make(content, today()))
      const hidden = hiddenFrom(await request.authorize(action), content.resources)
      await request.seen(action, content.resources)
      const seen = content.resources.filter((version) => !hidden.includes(version))
      const resources = seen.flatMap(({ body }) => (body === null ? [] : [JSON.parse(body) as AnyResource]))
      const document = withheld(made.document, hidden)
      const decision = (await store.decisions.list(patient)).at(-1)
      const name = nameOf(resources.find(({ resourceType, id }) => resourceType === 'Patient' && id === patient))
      const answer: OwnPlan = {
        patient,
        ...(name === undefined ? {} : { name }),
        asOf: document.asOf,
        ...(await spoken(document, decision, maker().knowledge, siteOf(content.resources, patient))),
        appointments: appointmentsOf(resources, now()),
        waiting: ordersOf(seen)
          .filter(({ isOpen }) => isOpen)
          .map(({ id, title, authoredOn, dueOn }) => ({
            id,
            title,
            ...(authoredOn === undefined ? {} : { orderedOn: authoredOn }),
            ...(dueOn === undefined ? {} : { dueOn }),
          })),
        team: await named(store.database, membersOf(resources)),
      }
      return json(answer)
    },
  }

  /** The page, with treatment only as far as the decision goes. */
  async function spoken(
    document: PlanDocument,
    decision: RecordedDecision | undefined,
    knowledge: KnowledgeBase,
    site: string | undefined,
  ): Promise<Pick<OwnPlan, 'decided' | 'sections' | 'outlook'>> {
    const chosen = decision?.chosen ?? undefined
    // what is still sound today; what has fallen since is not gone on with on a page
    const stands = document.options.find(({ id, standing }) => id === chosen && standing !== 'needs-data')
    const stand = {
      isDecided: decision !== undefined && (chosen === undefined || stands !== undefined),
      options: stands === undefined ? [] : [stands.id],
    }
    const page = withPhones(patientPage(document, knowledge, stand), phones?.get(site ?? ''))
    const outlook = page.sections.find(({ id }) => id === OUTLOOK)
    const sections = page.sections.filter(({ id }) => id !== OUTLOOK)
    const title = sections.find(({ id }) => id === 'choices')?.lines.find(({ kind }) => kind === 'heading')?.text
    const [by] = decision === undefined ? [] : await named(store.database, [{ reference: decision.recordedBy }])
    return {
      sections,
      ...(outlook === undefined ? {} : { outlook }),
      ...(decision === undefined
        ? {}
        : {
            decided: {
              on: decision.recordedAt,
              hasChanged: chosen !== undefined && stands === undefined,
              ...(by === undefined ? {} : { by: by.name }),
              ...(title === undefined ? {} : { title }),
            },
          }),
    }
  }
  return [list, own]
}

/** The site that keeps the record: the number to call is that of the clinic, not of whoever happens to sign in. */
export const siteOf = (
  resources: readonly { readonly type: string; readonly id: string; readonly site: string }[],
  patient: string,
): string | undefined => resources.find(({ type, id }) => type === 'Patient' && id === patient)?.site
