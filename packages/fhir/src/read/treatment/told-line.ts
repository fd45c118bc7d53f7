import type { FactSource } from '@secondwind/core'
import type { Course } from './courses.ts'
import type { Line } from './lines.ts'
import type { Assessment } from './progress.ts'

/** A line with what became of it. */
export interface ToldLine {
  readonly line: Line
  /** 1 for the first line for advanced disease; null for treatment meant to cure. */
  readonly number: number | null
  readonly drugs: readonly string[]
  readonly classes: readonly string[]
  readonly assessments: readonly Assessment[]
  readonly hasProgressed: boolean
  readonly progressedOn?: string
  readonly sources: readonly FactSource[]
}

export const sourcesOf = (courses: readonly Course[]): readonly FactSource[] => courses.flatMap((course) => course.sources)
export const sorted = (values: Iterable<string>): readonly string[] => [...new Set(values)].sort()
