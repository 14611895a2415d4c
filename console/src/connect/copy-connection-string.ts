import type { QueryClient } from '@tanstack/react-query'
import { errorText } from '../api/api-error.ts'
import {
  branchesQuery,
  databasesQuery,
  endpointsQuery,
  machineQuery,
  rolePasswordQuery,
  rolesQuery,
} from '../api/queries.ts'
import { copyText } from '../lib/clipboard.ts'
import { showToast } from '../ui/toasts.tsx'
import { chooseBranch, chooseOf } from './connection-choice.ts'
import { detailsOf } from './connection-details.ts'

/** That of the branch's first database and its owner, as the connection details begin with. Toasts tell what became of it. */
export async function copyConnectionString(
  queries: QueryClient,
  projectId: string,
  branch: { id: string; name: string },
): Promise<void> {
  try {
    await copyText(connectionStringOf(queries, projectId, branch.id))
    showToast({ kind: 'good', text: `The connection string of ${branch.name} is on the clipboard` })
  } catch (error) {
    const text = `The connection string of ${branch.name} could not be copied`
    showToast({ kind: 'bad', text, detail: errorText(error) })
  }
}

async function connectionStringOf(
  queries: QueryClient,
  projectId: string,
  branchId: string,
): Promise<string> {
  const [{ branches }, { endpoints }, machine, { roles }, { databases }] = await Promise.all([
    queries.fetchQuery(branchesQuery(projectId)),
    queries.fetchQuery(endpointsQuery(projectId)),
    queries.fetchQuery(machineQuery),
    queries.fetchQuery(rolesQuery(projectId, branchId)),
    queries.fetchQuery(databasesQuery(projectId, branchId)),
  ])
  const branch = chooseBranch(branches, { branch: branchId })
  const { endpoint, database, role } = chooseOf(branchId, { endpoints, databases, roles }, {})
  if (branch?.id !== branchId) throw new Error('The branch is gone.')
  if (!endpoint) throw new Error('It has no compute: give it one on its page.')
  if (!database || !role) throw new Error('It has no database or role yet.')
  const { password } = await queries.fetchQuery(rolePasswordQuery(projectId, branchId, role.name))
  return detailsOf({ endpointId: endpoint.id, database: database.name, role: role.name }, machine, password)
    .uri
}
