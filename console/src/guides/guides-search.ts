// What the address of the guides keeps: the search, and whom they are filled in for.

import { type ConnectionWish, connectionWish } from '../connect/connect-search.ts'
import { searchWord } from '../lib/search-word.ts'

export interface GuidesSearch extends ConnectionWish {
  search?: string
}

export function guidesSearch(search: Record<string, unknown>): GuidesSearch {
  const searched = searchWord(search.search)
  return {
    ...(searched && { search: searched }),
    ...connectionWish(search),
  }
}
