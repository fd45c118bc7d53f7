import type { Issue } from '@secondwind/core'

/** One line of the issues file: what is wrong, where in the input, why, and what to do about it. */
export interface LineIssue extends Issue {
  /** As given on the command line, or below the folder that was given; absent where the issue is about no file. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  readonly patient?: string
}

/** An issue of one window: the line is counted from the window's first, from 0. */
export interface WindowIssue extends Issue {
  readonly line: number
}

export const lineIssue = (line: number, code: Issue['code'], path: string, message: string, remedy: string): WindowIssue => ({
  line,
  code,
  severity: 'error',
  path,
  message,
  remedy,
})

const ORDER = ['severity', 'code', 'file', 'line', 'patient', 'path', 'message', 'remedy'] as const

/** The issue as a line of NDJSON, always with its elements in the same order. */
export const issueText = (issue: LineIssue): string =>
  `${JSON.stringify(Object.fromEntries(ORDER.flatMap((name) => (issue[name] === undefined ? [] : [[name, issue[name]]]))))}\n`
