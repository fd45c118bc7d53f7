import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['packages/*/src/**/*.test.ts', 'packages/*/test/**/*.test.ts', 'tools/**/*.test.ts', 'e2e/*.test.ts'],
    testTimeout: 60_000,
    // two cores are what CI has; vitest would take one of them
    maxWorkers: 2,
  },
})
