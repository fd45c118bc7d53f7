import type { KnowledgeBase } from '@secondwind/core'
import { openKnowledge } from '../compose.ts'
import type { Resource } from './builders/chart.ts'
import { writeChart } from './chart/chart.ts'
import { codesOf } from './chart/writing.ts'
import { hospitalResources } from './hospitals.ts'
import { drawLife, type Life } from './life/life.ts'
import { generatorModel } from './model.ts'
import { regimensOf } from './regimen-doses.ts'

export interface NetworkRequest {
  /** The same seed gives the same network, with the same model and knowledge base. */
  readonly seed: string
  readonly patients: number
  /** Day on which the charts stand (YYYY-MM-DD). */
  readonly asOf: string
  /** Years before `asOf` over which the patients were diagnosed; 3 unless said. */
  readonly years?: number
  /** Every life has ended by `asOf`: for survival curves and quality measures of the dead. */
  readonly isUntilDeath?: boolean
  /** Without the messiness meant. */
  readonly isTidy?: boolean
}

export interface SyntheticChart {
  readonly patient: string
  readonly life: Life
  /** The patient first. Hospitals, places and practitioners are not among them: see `hospitals`. */
  readonly resources: readonly Resource[]
}

export interface SyntheticNetwork {
  readonly hospitals: readonly Resource[]
  /** Charts `from` up to (not including) `to`, one at a time; all of them without arguments. */
  charts(from?: number, to?: number): Generator<SyntheticChart>
}

/**
 * A network of invented hospitals and patients with stage IV lung cancer. Charts are made as they are asked for, each by its number alone, so that any part
 * of the network can be made anywhere, in any order. Doses and regimens come from the knowledge base.
 */
export function synthesizeNetwork(request: NetworkRequest, knowledge: KnowledgeBase = openKnowledge().knowledge): SyntheticNetwork {
  const { model } = generatorModel()
  const regimens = regimensOf(knowledge)
  const codes = codesOf(knowledge)
  const { seed, asOf, patients, years = 3, isUntilDeath = false, isTidy = false } = request
  return {
    hospitals: hospitalResources(model),
    *charts(from = 0, to = patients) {
      for (let index = from; index < Math.min(to, patients); index++) {
        const life = drawLife(model, regimens, { seed, asOf, years, isUntilDeath, isTidy }, index)
        const patient = `sn${seed}-${String(index).padStart(6, '0')}`
        yield { patient, life, resources: writeChart(life, patient, asOf, model, regimens, codes) }
      }
    },
  }
}
