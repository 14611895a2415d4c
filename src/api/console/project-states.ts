// GET /api/console/project_states: which projects are awake, and how large they are.

import type { Hono } from 'hono'
import type { ProjectStates } from '../../contract/console-project-states.ts'
import type { Control } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'

/** Behind what knows the session. */
export function serveProjectStates(app: Hono<ApiEnv>, control: Control): void {
  app.get('/project_states', async c =>
    c.json({ projects: await control.projectStates() } satisfies ProjectStates),
  )
}
