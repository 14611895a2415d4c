// What the address of the guides keeps: the search, and whom they are filled in for.

import { type ConnectionWish, connectionWish } from '../connect/connect-search.ts'

export interface GuidesSearch extends ConnectionWish {
  search?: string
}

export function guidesSearch(search: Record<string, unknown>): GuidesSearch {
  // The router reads digits as a number.
  const searched = typeof search.search === 'number' ? String(search.search) : search.search
  return {
    ...(typeof searched === 'string' && searched !== '' && { search: searched }),
    ...connectionWish(search),
  }
}
