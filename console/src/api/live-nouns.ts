// Which of what pages have read is old by what news. Keys: see queries.ts.

import type { NewsNoun } from '../../../src/contract/console-events.ts'

/** Of keys below a project, by what stands there; below a branch, by what stands behind its id. */
const ofProject: Record<string, readonly NewsNoun[]> = {
  branches: ['branches'],
  endpoints: ['endpoints'],
  // Who woke them is an operation.
  computes: ['endpoints', 'operations', 'activity'],
  operations: ['operations'],
  // What a compute does is looked at anyway; that it woke or fell asleep is news, and by whom an operation, a moment later.
  monitoring: ['endpoints', 'operations'],
  snapshots: ['snapshots'],
}
const ofBranch: Record<string, readonly NewsNoun[]> = {
  '': ['branches'],
  roles: ['roles'],
  databases: ['databases'],
  schedule: ['snapshots'],
}
/** Of the list of projects. It is long, and is not read again for each of all computes: which are awake stands apart. */
const ofAllProjects: Record<string, readonly NewsNoun[]> = {
  list: ['projects'],
  states: ['projects', 'endpoints'],
}

/** What it depends on; none for what no news tells of, as answers of SQL. */
export function nounsOf(queryKey: readonly unknown[]): readonly NewsNoun[] {
  const [kind, second, place, , detail = ''] = queryKey
  if (kind === 'projects') return ofAllProjects[String(second)] ?? ['projects']
  if (kind !== 'project') return []
  if (place === undefined) return ['projects']
  const known = place === 'branch' ? ofBranch[String(detail)] : ofProject[String(place)]
  return known ?? []
}

/** Whether news of this noun, in these projects, make it old. */
export function isOld(queryKey: readonly unknown[], noun: NewsNoun, projects: ReadonlySet<string>): boolean {
  if (!nounsOf(queryKey).includes(noun)) return false
  return queryKey[0] === 'projects' || projects.has('*') || projects.has(String(queryKey[1]))
}
