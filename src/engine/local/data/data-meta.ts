// meta.json: what the engine knows of a piece of data. Written before the data appears, so it is never missing.

import type { Gen, Origin } from '../../engine.ts'
import type { Recovery } from '../history/history.ts'
import type { Era, Moment } from '../history/moments.ts'

export interface Meta {
  gen: Gen
  buildId: string
  origin: Origin
  madeAt: string
  /** The moment of its parent at which it began. Of a time, the LSN is known only once it has been replayed. */
  begin: Moment
  /** Where its history is kept, and under which of the family's lineages it writes. */
  family: string
  lineage: string
  /** Its life, its parents' before its branch point included. */
  eras: Era[]
  windowSeconds: number
  /** A replay that its first start has before it. */
  recovery: Recovery | null
  /** False until Postgres has been up on it once: then its files are as they were copied. */
  settled: boolean
  /** Of the replacement that brought it here. */
  token?: string
}
