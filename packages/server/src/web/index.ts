export { mountWeb } from './mount-web.ts'
