import * as routes from '../contract/routes/index.ts'
import type { AdvisorIssueShape } from '../contract/shapes.ts'
import type { AdvisorIssue, Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'

export function serveAdvisors(api: Api, control: Control): void {
  serve(api, routes.getAdvisors, async ({ params, query }) => {
    const issues = await control.advisors.issues(params.project_id, {
      branchId: query.branch_id,
      database: query.database_name,
      category: query.category,
      minLevel: query.min_severity,
    })
    return { issues: issues.map(shown) }
  })
}

function shown({ lint, detail, key, metadata }: AdvisorIssue): AdvisorIssueShape {
  const { name, title, level, facing, category, description, remediation } = lint
  return {
    ...{ name, title, level, facing, description, detail, remediation, metadata },
    categories: [category],
    cache_key: `${name}_${key}`,
  }
}
