// Neon's paths that are no part of Pilotlight: contract/routes/not-ours.ts says how each is answered.

import { type ErrorCode, PilotlightError } from '../contract/errors.ts'
import { type NotOurs, notOurs } from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'

/** What Neon's document describes with a body of its own. */
const ownErrors: Record<string, ErrorCode> = {
  getProjectBranchStorage: 'object_storage_absent',
  getProjectBranchAiGateway: 'ai_gateway_absent',
}

export function serveNotOurs(api: Api, control: Control): void {
  for (const row of notOurs) {
    serve(api, row.route, async ({ params }) => {
      await assertThere(control, params)
      return answerOf(row)
    })
  }
}

/** Throws not_available, feature_absent, object_storage_absent, ai_gateway_absent. */
function answerOf({ feature, answer, route }: NotOurs): Record<string, unknown> {
  if (answer === 'unavailable') throw new PilotlightError('not_available', { feature })
  if (answer === 'absent')
    throw new PilotlightError(ownErrors[route.operationId] ?? 'feature_absent', { feature })
  return answer
}

/** What is asked about has to be there. Throws organization_not_found, project_not_found, branch_not_found. */
async function assertThere(control: Control, params: Record<string, unknown>): Promise<void> {
  const { org_id, project_id, branch_id } = params
  if (typeof org_id === 'string') control.organizations.get(org_id)
  if (typeof project_id !== 'string') return
  if (typeof branch_id === 'string') await control.branches.get(project_id, branch_id)
  else await control.projects.get(project_id)
}
