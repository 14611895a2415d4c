import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import type { TrustedProxies } from './client-address.ts'
import { diskSpace } from './disk.ts'
import { type Api, serve } from './serve.ts'

/** What only the process knows that control runs in. */
export interface MachineFacts {
  version: string
  dataDir: string
  caFile: string
  postgresUser: string
  /** Why branches are made as they are. */
  cloningReason: string
  trustedProxies: TrustedProxies
}

export function serveAccount(api: Api, control: Control, facts: MachineFacts): void {
  const { settings } = control.parts
  const { user } = control.organizations

  serve(api, routes.getCurrentUser, () => ({
    active_seconds_limit: 0,
    auth_accounts: [],
    email: user.email,
    id: user.id,
    image: '',
    login: user.email,
    name: user.name,
    last_name: '',
    projects_limit: -1,
    branches_limit: -1,
    max_autoscaling_limit: 56,
    plan: 'self-hosted',
  }))

  serve(api, routes.getAuthDetails, ({ caller }) => {
    const isUser = caller.kind === 'personal'
    const account_id = isUser ? user.id : control.organization.id
    return { account_id, auth_method: isUser ? ('api_key_user' as const) : ('api_key_org' as const) }
  })

  serve(api, routes.listRegions, ({ query }) => {
    control.organizations.get(query.org_id)
    return {
      regions: [
        { region_id: settings.region, name: settings.region, default: true, geo_lat: '', geo_long: '' },
      ],
    }
  })

  serve(api, routes.getMachine, async () => {
    const [capabilities, disk] = await Promise.all([control.capabilities(), diskSpace(facts.dataDir)])
    return {
      version: facts.version,
      data_dir: facts.dataDir,
      engine: capabilities.engine,
      cloning: capabilities.cloning,
      cloning_reason: facts.cloningReason,
      bounds_unavailable: capabilities.boundsUnavailable,
      disk_free_bytes: disk.freeBytes,
      disk_total_bytes: disk.totalBytes,
      postgres_user: facts.postgresUser,
      postgres: capabilities.postgres.map(build => ({
        id: build.id,
        major: build.major,
        version: build.version,
        source: build.source,
        bin_dir: build.binDir,
        client_tools: build.clientTools,
      })),
      host_suffix: settings.hostSuffix,
      pg_address: settings.pgAddress,
      pg_port: settings.pgPort,
      hosts_resolve: settings.hostsResolve,
      ca_file: facts.caFile,
      suspend_after_seconds: settings.suspendAfterSeconds,
      proxies_connected: control.changes.listeners,
    }
  })
}
