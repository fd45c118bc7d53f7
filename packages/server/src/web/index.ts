export { mountWeb, type WebSettings } from './mount-web.ts'
