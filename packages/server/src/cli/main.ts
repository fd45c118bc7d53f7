import module from 'node:module'

// keeps stripped and compiled modules between runs: a cold start well under a second
module.enableCompileCache?.()
const { run } = await import('./run.ts')
process.exitCode = await run(process.argv.slice(2))
