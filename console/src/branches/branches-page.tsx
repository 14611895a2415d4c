import { createLazyRoute } from '@tanstack/react-router'

export const route = createLazyRoute('/shell/projects/$projectId/branches')({ component: BranchesPage })

function BranchesPage() {
  return <h1 className="font-semibold text-2xl">Branches</h1>
}
