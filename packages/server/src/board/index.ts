import type { Route } from '../api/index.ts'
import type { BoardConfig } from './answers.ts'
import { careTeamRoutes } from './care-team-routes.ts'
import { caseRoutes } from './case-routes.ts'
import { followUpRoutes } from './follow-up-routes.ts'
import { meetingRoutes } from './meeting-routes.ts'
import { pageRoutes } from './page-routes.ts'

/** The tumour board over HTTP: meetings, cases, decisions, what became of them; and who cares for whom. */
export const boardRoutes = (config: BoardConfig): readonly Route[] => [
  ...meetingRoutes(config),
  ...caseRoutes(config),
  ...followUpRoutes(config),
  ...pageRoutes(config),
  ...careTeamRoutes(config),
]
