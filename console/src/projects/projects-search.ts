import { searchWord } from '../lib/search-word.ts'
import { type ProjectOrder, projectOrders } from './project-order.ts'

/** What the address of the list of projects keeps. */
export interface ProjectsSearch {
  search?: string
  order?: ProjectOrder
  create?: true
}

export function projectsSearch(search: Record<string, unknown>): ProjectsSearch {
  const order = projectOrders.find(([id]) => id === search.order)?.[0]
  const searched = searchWord(search.search)
  return {
    ...(searched && { search: searched }),
    ...(order && order !== 'created' && { order }),
    ...(search.create === true && { create: true }),
  }
}
