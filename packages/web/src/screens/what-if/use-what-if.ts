import type { Issue, PlanDocument } from '@secondwind/core'
import type { PlannerCase } from '@secondwind/server/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { openPlanner, type Planner, Unreadable } from '../../planner/client.ts'
import type { Changed } from '../../planner/protocol.ts'
import { useApi } from '../../shared/api.ts'
import { today } from '../../shared/format/dates.ts'

export interface WhatIfState {
  /** The plan as it stands; absent while planner and case come. */
  readonly present?: PlanDocument
  /** The plan with the changes; absent without changes, and while some cannot be read. */
  readonly changed?: Changed
  /** What cannot be read of the changes. */
  readonly issues: readonly Issue[]
  readonly fault?: unknown
  readonly again: () => void
}

/** The plan of a patient (of nobody: without `patient`) with some facts changed, planned in this page. */
export function useWhatIf(patient: string | undefined, set: readonly string[]): WhatIfState {
  const queries = useQueryClient()
  const planner = useQuery({ queryKey: ['planner'], queryFn: openPlanner, staleTime: 60_000, gcTime: Number.POSITIVE_INFINITY })
  const own = useApi<PlannerCase>(patient === undefined ? undefined : `/plans/${patient}/case`, { staleMs: 60_000 })
  const [present, setPresent] = useState<PlanDocument>()
  const [changed, setChanged] = useState<Changed>()
  const [issues, setIssues] = useState<readonly Issue[]>([])
  const [fault, setFault] = useState<unknown>()
  const given = own.data
  const ready = planner.data !== undefined && (patient === undefined || given !== undefined) ? planner.data : undefined
  const isOtherRelease = given !== undefined && planner.data !== undefined && given.knowledge.digest !== planner.data.digest

  // the server has taken up another release between the two answers: both are asked for again
  useEffect(() => {
    if (isOtherRelease) {
      void queries.invalidateQueries({ queryKey: ['planner'] })
      void queries.invalidateQueries({ queryKey: [`/plans/${patient}/case`] })
    }
  }, [isOtherRelease, queries, patient])

  useEffect(() => {
    if (ready === undefined || isOtherRelease) return
    let isGone = false
    ready.ask({ ask: 'case', given: given ?? { blankOn: today() } }).then(
      (document) => {
        if (!isGone) setPresent(document)
      },
      (error: unknown) => {
        if (!isGone) setFault(error)
      },
    )
    return () => {
      isGone = true
    }
  }, [ready, given, isOtherRelease])

  const latest = useRef(0)
  useEffect(() => {
    latest.current += 1
    if (ready === undefined || present === undefined) return
    if (set.length === 0) {
      setChanged(undefined)
      setIssues([])
      return
    }
    void tryOut(ready, set, latest.current)
    async function tryOut(by: Planner, entries: readonly string[], turn: number): Promise<void> {
      try {
        const answer = await by.ask({ ask: 'change', set: entries })
        // an answer to an older question must not stand under newer changes
        if (turn !== latest.current) return
        setChanged(answer)
        setIssues([])
      } catch (error) {
        if (turn !== latest.current) return
        if (error instanceof Unreadable) {
          setChanged(undefined)
          setIssues(error.issues)
        } else setFault(error)
      }
    }
  }, [ready, present, set])

  const wrong = fault ?? (present === undefined ? (planner.error ?? own.error) : undefined)
  return {
    issues,
    ...(present === undefined ? {} : { present }),
    ...(changed === undefined ? {} : { changed }),
    ...(wrong ? { fault: wrong } : {}),
    again: () => {
      setFault(undefined)
      void planner.refetch()
      if (patient !== undefined) void own.refetch()
    },
  }
}
