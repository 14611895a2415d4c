// GET /api/console/project_states: what the list of projects shows beside the projects themselves.

export interface ProjectState {
  project_id: string
  branches: number
  /** Those that a client can connect to, awake or not. */
  computes: number
  awake: number
  /** On their way up. */
  waking: number
  /** What its branches hold, and their history: as it was measured last. */
  storage_bytes: number
}

export interface ProjectStates {
  projects: ProjectState[]
}
