import { type ProjectOrder, projectOrders } from './project-order.ts'

/** What the address of the list of projects keeps. */
export interface ProjectsSearch {
  search?: string
  order?: ProjectOrder
  create?: true
}

export function projectsSearch(search: Record<string, unknown>): ProjectsSearch {
  const order = projectOrders.find(([id]) => id === search.order)?.[0]
  return {
    // The router reads digits as a number.
    ...(search.search !== undefined && search.search !== '' && { search: String(search.search) }),
    ...(order && order !== 'created' && { order }),
    ...(search.create === true && { create: true }),
  }
}
