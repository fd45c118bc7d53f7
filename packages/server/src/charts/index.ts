export { chartRoutes } from './routes.ts'
export { type SmartServer, smartServersIn } from './smart/servers.ts'
