export { type DemoNetwork, loadDemo } from './load-demo.ts'
