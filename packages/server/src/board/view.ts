import type { ApiRequest, Sight } from '../api/index.ts'
import type { BoardCase, BoardDecision } from '../contract/board.ts'
import type { PlanMaker } from '../plans/plan-maker.ts'
import { readPlanState } from '../plans/plan-state.ts'
import { hiddenFrom, withheld } from '../plans/withhold.ts'
import type { Store, StoredVersion } from '../store/index.ts'
import type { CaseRow } from './cases.ts'
import { shownDecision } from './decide.ts'
import { identitiesOf } from './patients.ts'
import { readinessOf, testsOnly } from './readiness.ts'

/**
 * Cases as the caller may see them. Who may not see a case learns that one stands there and how long it takes; who makes agendas learns which tests are out;
 * who may read the plan sees it all.
 */
export async function shownCases(
  store: Store,
  maker: PlanMaker,
  request: ApiRequest,
  rows: readonly CaseRow[],
): Promise<readonly BoardCase[]> {
  const visible = new Map<string, 'case' | Sight>()
  for (const { patient } of rows) {
    if (visible.has(patient)) continue
    const onPlan = await request.decide({ interaction: 'read', type: 'plan', patient })
    if (onPlan.allowed) visible.set(patient, onPlan.sight ?? {})
    else if ((await request.decide({ interaction: 'read', type: 'board-case', patient })).allowed) visible.set(patient, 'case')
  }
  const identities = await identitiesOf(store, request, [...visible.keys()])
  const shown: BoardCase[] = []
  for (const row of rows) shown.push(await shownCase(store, maker, row, visible.get(row.patient), identities.get(row.patient)))
  await request.seen(
    { interaction: 'search', type: 'board-case' },
    [...identities.values()].map(({ version }) => version),
  )
  return shown
}

async function shownCase(
  store: Store,
  maker: PlanMaker,
  row: CaseRow,
  sight: 'case' | Sight | undefined,
  identity: { readonly name?: string; readonly birthDate?: string } | undefined,
): Promise<BoardCase> {
  const common = {
    id: row.id,
    site: row.site,
    urgency: row.urgency,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    state: row.state,
    minutes: row.minutes,
    version: row.version,
    ...(row.meeting === null ? {} : { meeting: row.meeting }),
    ...(row.place === null ? {} : { place: row.place }),
  }
  if (sight === undefined) return { ...common, patient: null, question: null, readiness: { state: 'withheld', items: [] } }
  const kept = await readPlanState(store.database, row.patient)
  const document = kept && withheld(kept.document, await setApart(store, row.patient, sight))
  const readiness =
    document === undefined ? ({ state: 'no-plan', items: [] } as const) : readinessOf(document, row.preparation, maker.knowledge)
  const who = {
    patient: `Patient/${row.patient}`,
    ...(identity?.name === undefined ? {} : { name: identity.name }),
    ...(identity?.birthDate === undefined ? {} : { birthDate: identity.birthDate }),
  }
  if (sight === 'case') return { ...common, ...who, question: null, readiness: testsOnly(readiness) }
  const decision = row.state === 'decided' ? await decisionOfCase(store, row) : undefined
  return {
    ...common,
    ...who,
    question: row.question,
    readiness,
    ...(document === undefined ? {} : { story: document.case.story }),
    ...(decision === undefined ? {} : { decision }),
  }
}

/** Records of the chart that carry a label and that this reader may not see: their words are left out of what the plan says. */
async function setApart(store: Store, patient: string, sight: 'case' | Sight): Promise<readonly StoredVersion[]> {
  const rows = await store.database.query<{ type: string; id: string }>(
    `select c.type, c.id from resource_current c join chart_version v on v.type = c.type and v.id = c.id and v.version = c.version
     where c.chart = $1 and not c.is_deleted and v.body like '%"security"%'`,
    [`Patient/${patient}`],
  )
  const versions = rows.length === 0 ? [] : await store.readMany(rows)
  return sight === 'case' ? versions : hiddenFrom(sight, versions)
}

/** The newest decision that was taken on this case. */
async function decisionOfCase(store: Store, row: CaseRow): Promise<BoardDecision | undefined> {
  const [task] = await store.database.query<{ decision: number; title: string }>(
    'select decision, title from board_task where board_case = $1 order by decision desc limit 1',
    [row.id],
  )
  const recorded = task && (await store.decisions.list(row.patient)).find(({ number }) => number === task.decision)
  return recorded && shownDecision(recorded, task.title)
}
