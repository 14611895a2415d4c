// For the tests of this folder: an API with canned replies, a machine that is all made up, and a way to give a command.

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Command } from 'commander'
import type { RunFile } from '../contract/run-file.ts'
import type {
  BranchShape,
  DatabaseShape,
  EndpointShape,
  MachineShape,
  OperationShape,
  ProjectListItemShape,
  ProjectShape,
  RoleShape,
} from '../contract/shapes.ts'
import { addCommands, reportError } from './index.ts'
import type { System } from './system.ts'

const at = '2026-01-02T03:04:05Z'
const times = { created_at: at, updated_at: at }
export const hostSuffix = 'local.localhost'
/** Five minutes after everything was made. */
export const now = Date.parse(at) + 300_000

export function project(id: string, name: string): ProjectShape & ProjectListItemShape {
  return {
    ...times,
    id,
    name,
    platform_id: 'local',
    region_id: 'local',
    provisioner: 'k8s-neonvm',
    default_endpoint_settings: {},
    settings: {},
    pg_version: 17,
    proxy_host: hostSuffix,
    branch_logical_size_limit: 0,
    branch_logical_size_limit_bytes: 0,
    store_passwords: true,
    active_time: 0,
    cpu_used_sec: 0,
    creation_source: 'console',
    owner_id: 'pilotlight',
    org_id: 'org-still-lake-12345678',
    history_retention_seconds: 86_400,
    data_storage_bytes_hour: 0,
    data_transfer_bytes: 0,
    written_data_bytes: 0,
    compute_time_seconds: 0,
    active_time_seconds: 0,
    consumption_period_start: at,
    consumption_period_end: at,
  }
}

export function endpoint(projectId: string, id: string, more: Partial<EndpointShape> = {}): EndpointShape {
  return {
    ...times,
    id,
    project_id: projectId,
    branch_id: 'br-main',
    host: `${id}.${hostSuffix}`,
    autoscaling_limit_min_cu: 0.25,
    autoscaling_limit_max_cu: 0.25,
    region_id: 'local',
    type: 'read_write',
    current_state: 'idle',
    settings: {},
    pooler_enabled: false,
    pooler_mode: 'transaction',
    disabled: false,
    passwordless_access: false,
    creation_source: 'console',
    proxy_host: hostSuffix,
    suspend_timeout_seconds: 0,
    provisioner: 'k8s-neonvm',
    ...more,
  }
}

export const branch: BranchShape = {
  ...times,
  id: 'br-main',
  project_id: 'shiny-wind-00000001',
  name: 'main',
  current_state: 'ready',
  state_changed_at: at,
  creation_source: 'console',
  primary: true,
  default: true,
  protected: false,
  cpu_used_sec: 0,
  compute_time_seconds: 0,
  active_time_seconds: 0,
  written_data_bytes: 0,
  data_transfer_bytes: 0,
}

export const role: RoleShape = { ...times, branch_id: 'br-main', name: 'neondb_owner', protected: false }
export const database: DatabaseShape = {
  ...times,
  id: 1,
  branch_id: 'br-main',
  name: 'neondb',
  owner_name: 'neondb_owner',
}

export function operation(id: string, more: Partial<OperationShape> = {}): OperationShape {
  return {
    ...times,
    id: `00000000-0000-4000-8000-${id.padStart(12, '0')}`,
    project_id: 'shiny-wind-00000001',
    action: 'start_compute',
    status: 'finished',
    failures_count: 0,
    total_duration_ms: 85,
    ...more,
  }
}

export const machine: MachineShape = {
  version: '0.1.0',
  data_dir: '/data',
  engine: 'local',
  cloning: 'reflink',
  cloning_reason: 'the file system of /data can clone files',
  bounds_unavailable: null,
  disk_free_bytes: 50e9,
  disk_total_bytes: 100e9,
  postgres_user: 'ada',
  postgres: [
    {
      id: '17.5-embedded',
      major: 17,
      version: '17.5',
      source: 'embedded',
      bin_dir: '/data/postgres/17.5-embedded/bin',
      client_tools: '/usr/lib/postgresql/17/bin',
    },
  ],
  host_suffix: hostSuffix,
  pg_address: '127.0.0.1',
  pg_port: 5432,
  hosts_resolve: true,
  ca_file: '/data/tls/ca.pem',
  suspend_after_seconds: 300,
  proxies_connected: 2,
}

export const runFile: RunFile = {
  version: '0.1.0',
  pid: 4711,
  startedAt: at,
  dataDir: '/data',
  apiUrl: 'http://127.0.0.1:7070',
  apiPort: 7070,
  apiListen: '127.0.0.1',
  pgHost: '127.0.0.1',
  pgPort: 5432,
  httpsUrl: 'https://localhost:7443',
  httpsPort: 7443,
  apiCertFile: null,
  domain: 'localhost',
  region: 'local',
  hostSuffix,
  hostsResolve: true,
  caFile: '/data/tls/ca.pem',
  apiKeyFile: '/data/run/api-key',
  proxies: 2,
}

/** All is well, and nothing of it is true. */
export function fakeSystem(files: Record<string, string> = {}, more: Partial<System> = {}): System {
  return {
    platform: 'linux',
    uid: 1000,
    cwd: '/home/ada',
    nodeVersion: '24.0.0',
    clock: { now: () => now, after: () => ({ cancel() {} }), sleep: async () => {} },
    isAlive: () => true,
    readText: async path => files[path] ?? null,
    exists: path => path in files,
    isExecutable: async () => false,
    lookup: async () => ['127.0.0.1'],
    ownAddresses: () => new Set(['127.0.0.1', '::1']),
    disk: async () => ({ freeBytes: 50e9, totalBytes: 100e9 }),
    portHolder: async () => null,
    run: async () => ({ code: 0, output: '' }),
    attach: async () => 0,
    install: async () => {},
    remove: async () => {},
    ...more,
  }
}

export interface Request {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
  key: string | undefined
}
export type Reply = { status?: number; body: unknown }
/** By `GET /projects/{id}` as it stands in the URL, without /api/v2; the last of a list goes on for ever. */
export type Replies = Record<string, Reply | Reply[] | ((request: Request) => Reply)>

export interface StubApi {
  url: string
  requests: Request[]
  close(): Promise<void>
}

export async function startStubApi(replies: Replies): Promise<StubApi> {
  const requests: Request[] = []
  const server = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const chunk of incoming) text += chunk
    const url = new URL(incoming.url ?? '/', 'http://stub')
    const request: Request = {
      method: incoming.method ?? '',
      path: url.pathname.replace(/^\/api\/v2/, ''),
      query: url.searchParams,
      body: text && JSON.parse(text),
      key: incoming.headers.authorization,
    }
    requests.push(request)
    const { status = 200, body } = replyTo(replies, request)
    outgoing.writeHead(status, { 'Content-Type': 'application/json' })
    outgoing.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => closed(server),
  }
}

function replyTo(replies: Replies, request: Request): Reply {
  const known = replies[`${request.method} ${request.path}`]
  if (known === undefined) return errorReply(404, 'route_not_found', `no reply to ${request.path}`)
  if (typeof known === 'function') return known(request)
  if (!Array.isArray(known)) return known
  return known.length > 1 ? known.shift()! : known[0]!
}

function closed(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

export const errorReply = (status: number, code: string, message: string): Reply => ({
  status,
  body: { request_id: 'req-1', code, message },
})

export const projectsReply =
  (...projects: ReturnType<typeof project>[]) =>
  ({ query }: Request): Reply => {
    const search = query.get('search') ?? ''
    const deleted = query.get('recoverable') === 'true'
    const found = projects
      .filter(({ deleted_at }) => (deleted_at !== undefined) === deleted)
      .filter(({ id, name }) => id.includes(search) || name.includes(search))
    return { body: { projects: found, applications: {}, integrations: {} } }
  }

export interface Outcome {
  code: number
  stdout: string
  stderr: string
}

/** Gives a command as main.ts does. */
export async function give(
  args: string[],
  options: { env?: Record<string, string>; system?: System } = {},
): Promise<Outcome> {
  const outcome: Outcome = { code: 0, stdout: '', stderr: '' }
  const stderr = {
    write(text: string) {
      outcome.stderr += text
    },
  }
  const stdout = {
    write(text: string) {
      outcome.stdout += text
    },
  }
  const program = new Command('pilotlight').showHelpAfterError('(see pilotlight --help)')
  program.command('up').option('--data-dir <directory>')
  addCommands(program, { stdout, stderr, env: options.env ?? {} }, options.system ?? fakeSystem())
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    outcome.code = reportError(error, stderr)
  }
  return outcome
}

/** With the stub as the API, and a key. */
export async function giveTo(
  replies: Replies,
  args: string[],
  system: System = fakeSystem(),
): Promise<Outcome & { requests: Request[] }> {
  const api = await startStubApi(replies)
  try {
    const env = { PILOTLIGHT_API_URL: api.url, PILOTLIGHT_API_KEY: 'napi_test', PATH: '/bin' }
    return { ...(await give(args, { env, system })), requests: api.requests }
  } finally {
    await api.close()
  }
}
