export { workspaceRoutes } from './routes.ts'
export { startWorkspace } from './start.ts'
