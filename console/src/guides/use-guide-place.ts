import { useQuery } from '@tanstack/react-query'
import { endpointHost } from '../../../src/contract/connection-string.ts'
import { projectQuery } from '../api/queries.ts'
import type { ConnectionWish } from '../connect/connect-search.ts'
import { detailsOf } from '../connect/connection-details.ts'
import { type ConnectionState, useConnection } from '../connect/use-connection.ts'
import type { GuidePlace } from './guide.ts'

/** Fills guides in. `placeWith` undefined: there is nothing yet to fill them in with, or no compute. */
export function useGuidePlace(
  projectId: string,
  wish: ConnectionWish,
): ConnectionState & { placeWith?: ((password: string) => GuidePlace) | undefined } {
  const project = useQuery(projectQuery(projectId))
  const state = useConnection(projectId, wish)
  const { connection } = state
  if (!connection?.endpoint || !connection.database || !connection.role || !project.data) return state
  const { machine, branch } = connection
  const endpointId = connection.endpoint.id
  const target = { endpointId, database: connection.database.name, role: connection.role.name }
  const rest = {
    ...{ projectId, projectName: project.data.project.name, branchName: branch.name, endpointId },
    ...{ hostName: endpointHost(endpointId, machine.host_suffix), hostSuffix: machine.host_suffix },
    ...{ address: machine.pg_address, apiUrl: window.location.origin },
  }
  return { ...state, placeWith: password => ({ ...detailsOf(target, machine, password), ...rest }) }
}
