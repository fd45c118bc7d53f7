import { JSON_TYPE, type Route } from '../api/index.ts'
import type { DemoProgress } from '../contract/workspace.ts'
import type { Database } from '../store/index.ts'

/** How far an invented network is loaded: nobody may take the first minute for the whole of it. */
export class DemoLoading {
  #of: number
  #isLoaded = false
  #isOver: boolean

  /** `patients`: so many are to come; 0: none. */
  constructor(patients: number) {
    this.#of = patients
    this.#isOver = patients === 0
  }

  /** Every chart is there that will be: their plans may still be on their way. */
  loaded(patients: number): void {
    this.#of = patients
    this.#isLoaded = true
  }

  /** No more will come. */
  ended(): void {
    this.#isOver = true
  }

  /** Patients who stand in the lists with their plans, of so many; nothing once all are there. */
  async progress(db: Database): Promise<DemoProgress> {
    if (this.#isOver) return {}
    const [row] = await db.query<{ ready: number }>('select count(*) as ready from workspace_patient')
    const ready = row?.ready ?? 0
    if (this.#isLoaded && ready >= this.#of) this.#isOver = true
    return this.#isOver ? {} : { loading: { ready: Math.min(ready, this.#of), of: this.#of } }
  }
}

/** Two numbers, for the pages of a server that is filled with invented patients. */
export const demoRoutes = (db: Database, loading: DemoLoading): readonly Route[] => [
  {
    id: 'demo.progress',
    method: 'GET',
    path: '/demo/progress',
    rule: { open: 'says how far the invented patients of a trial are loaded, and nothing of any patient' },
    summary: 'How many of the invented patients are ready',
    handle: async () => ({ status: 200, body: JSON.stringify(await loading.progress(db)), contentType: JSON_TYPE }),
  },
]
