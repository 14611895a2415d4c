// Which projects are shown, and in which order.

import type { ProjectState } from '../../../src/contract/console-project-states.ts'

export const projectOrders = [
  ['created', 'Newest'],
  ['active', 'Last active'],
  ['name', 'Name'],
  ['size', 'Size'],
] as const

export type ProjectOrder = (typeof projectOrders)[number][0]

interface Listed {
  id: string
  name: string
  created_at: string
  compute_last_active_at?: string | undefined
}

/** By name or id, in any case. */
export function matching<P extends Listed>(projects: readonly P[], search: string): P[] {
  const wanted = search.trim().toLowerCase()
  return projects.filter(
    ({ id, name }) => name.toLowerCase().includes(wanted) || id.toLowerCase().includes(wanted),
  )
}

/** Awake ones are the most active; what is equal stays in the order of the API, the newest first. */
export function ordered<P extends Listed>(
  projects: readonly P[],
  order: ProjectOrder,
  states: ReadonlyMap<string, ProjectState>,
): P[] {
  if (order === 'created') return [...projects]
  if (order === 'name') return [...projects].sort((a, b) => collator.compare(a.name, b.name))
  const keyOf = (project: P): number => {
    const state = states.get(project.id)
    if (order === 'size') return state?.storage_bytes ?? 0
    if ((state?.awake ?? 0) > 0) return Number.POSITIVE_INFINITY
    return project.compute_last_active_at === undefined ? 0 : Date.parse(project.compute_last_active_at)
  }
  const keys = new Map(projects.map(project => [project, keyOf(project)]))
  return [...projects].sort((a, b) => compare(keys.get(b)!, keys.get(a)!))
}

/** Infinity less itself is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

/** One for all: to make one for each comparison is slow. */
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
