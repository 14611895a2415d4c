// What the address keeps of a choice of connection details: whose they are, and in which form they are shown.

import { searchWord } from '../lib/search-word.ts'

export interface ConnectionWish {
  /** The branch's id. */
  branch?: string
  database?: string
  role?: string
}

export interface ConnectSearch extends ConnectionWish {
  connect?: true
  /** The id of a snippet. */
  as?: string
}

export function connectionWish(search: Record<string, unknown>): ConnectionWish {
  const [branch, database, role] = [search.branch, search.database, search.role].map(searchWord)
  return {
    ...(branch && { branch }),
    ...(database && { database }),
    ...(role && { role }),
  }
}

/** Takes what it knows and leaves out the rest; all of it belongs to the open dialog. */
export function connectSearch(search: Record<string, unknown>): ConnectSearch {
  if (search.connect !== true) return {}
  const as = searchWord(search.as)
  return { connect: true, ...connectionWish(search), ...(as && { as }) }
}
