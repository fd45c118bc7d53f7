import { JSON_TYPE, type Route } from './api/index.ts'
import type { Store } from './store/index.ts'

/** `/health`: the process lives. `/ready`: its database answers; a balancer sends requests only then. */
export const healthRoutes = (store: Store): readonly Route[] => [
  {
    id: 'health',
    method: 'GET',
    path: '/health',
    rule: { open: 'says only that the process lives' },
    handle: async () => ({ status: 200, body: { status: 'alive' }, contentType: JSON_TYPE }),
  },
  {
    id: 'ready',
    method: 'GET',
    path: '/ready',
    rule: { open: 'says only whether the database answers' },
    handle: async () => {
      const isReady = await store.ping().then(
        () => true,
        () => false,
      )
      return { status: isReady ? 200 : 503, body: { status: isReady ? 'ready' : 'no database' }, contentType: JSON_TYPE }
    },
  },
]
