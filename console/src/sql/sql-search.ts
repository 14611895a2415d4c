// What the address of the editor keeps: whom it asks, and when. Never the SQL: there may be secrets in it.

import { isLsn } from '../lib/lsn.ts'
import { searchWord } from '../lib/search-word.ts'

export interface SqlSearch {
  branch?: string
  database?: string
  role?: string
  /** A moment of the branch's past: a time of ISO 8601, or an LSN. */
  at?: string
  read_only?: true
}

/** Takes what it knows and leaves out the rest, so that an old or mistyped link still opens the page. */
export function sqlSearch(search: Record<string, unknown>): SqlSearch {
  const [branch, database, role, at] = [search.branch, search.database, search.role, search.at].map(
    searchWord,
  )
  return {
    ...(branch !== undefined && { branch }),
    ...(database !== undefined && { database }),
    ...(role !== undefined && { role }),
    ...(at !== undefined && momentOf(at) && { at }),
    ...(search.read_only === true && { read_only: true as const }),
  }
}

export type QueryMoment = { timestamp: string } | { lsn: string }

/** As the server takes it; undefined: it is no moment. */
export function momentOf(at: string): QueryMoment | undefined {
  if (isLsn(at)) return { lsn: at }
  const ms = /^\d{4}-\d\d-\d\dT/.test(at) ? Date.parse(at) : Number.NaN
  return Number.isNaN(ms) ? undefined : { timestamp: new Date(ms).toISOString() }
}
