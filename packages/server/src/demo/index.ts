export { loadDemoBoard } from './load-board.ts'
export { loadDemo } from './load-demo.ts'
export { DemoLoading } from './progress.ts'
