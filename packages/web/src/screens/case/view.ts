import type { CaseFact, CaseView, SinceDecision } from '@secondwind/server/contract'
import { createContext, useContext } from 'react'
import type { ShownFact } from '../../shared/facts.ts'

/** What every part of the one-pager needs. */
export interface CaseScene {
  readonly view: CaseView
  readonly facts: ReadonlyMap<string, ShownFact>
  /** Facts that came out differently since the last decision. */
  readonly changed: ReadonlyMap<string, SinceDecision['facts'][number]>
  /** Every fact on the page by its id. */
  readonly shown: ReadonlyMap<string, CaseFact>
}

const Scene = createContext<CaseScene | undefined>(undefined)
export const SceneProvider = Scene.Provider

export function useScene(): CaseScene {
  const scene = useContext(Scene)
  if (scene === undefined) throw new Error('invariant: a part of the case stands inside the case')
  return scene
}

export function sceneOf(view: CaseView, facts: ReadonlyMap<string, ShownFact>): CaseScene {
  const all = [...view.header, ...view.sections.flatMap((section) => section.facts), ...view.symptoms]
  return {
    view,
    facts,
    changed: new Map(view.since?.facts.map((one) => [one.id, one]) ?? []),
    shown: new Map(all.map((one) => [one.id, one])),
  }
}

/** A label without what stands in brackets: the page is narrow, the card has it whole. */
export const shortLabel = (label: string): string => label.replace(/\s*\([^)]*\)/g, '').replace(/,.*$/, '')
