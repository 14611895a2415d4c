import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { isLoopback } from '../lib/network.ts'
import { addCommand, type Context } from './command.ts'
import { stateCell } from './endpoints.ts'
import { ago, bytes, duration } from './format.ts'
import type { Io } from './output.ts'
import { allProjects, endpointsIfThere, inParallel } from './resolve.ts'
import { branchesIfThere } from './resolve-branch.ts'
import type { System } from './system.ts'
import type { Cell } from './table.ts'

export function addStatus(program: Command, io: Io, system: System): void {
  addCommand(program, io, system, {
    usage: 'status',
    summary: 'show what runs where; exits with 3 when nothing runs',
    example: 'pilotlight status',
    run: status,
  })
}

async function status(context: Context): Promise<void> {
  const { out, json, system, place } = context
  const client = await context.client()
  const [machine, projects] = await Promise.all([client.call(routes.getMachine, {}), allProjects(client)])
  const withEndpoints = await inParallel(projects, async project => ({
    ...project,
    endpoints: await endpointsIfThere(client, project.id),
    branches: await branchesIfThere(client, project.id),
  }))
  // With --api-url the run file may be that of another one.
  const runFile = place.chosenUrl === undefined && place.run.state === 'running' ? place.run.runFile : null
  if (json) return out.json({ api_url: client.baseUrl, run: runFile, machine, projects: withEndpoints })

  const now = system.clock.now()
  const since = runFile ? `, up ${duration(now - Date.parse(runFile.startedAt))} (pid ${runFile.pid})` : ''
  out.line(`Pilotlight ${machine.version} is running${since}.`)
  out.line()
  const hosts = machine.hosts_resolve
    ? `hosts <endpoint>.${machine.host_suffix}`
    : `host names do not resolve here: see ${context.self} doctor`
  out.line(`Postgres   ${machine.pg_address}:${machine.pg_port}, ${hosts}`)
  out.line(`API        ${client.baseUrl}${runFile ? `, ${runFile.httpsUrl}` : ''}`)
  if (runFile && !isLoopback(runFile.apiListen)) {
    out.line(`           without TLS beyond this machine: see ${context.self} doctor`)
  }
  out.line(
    `Data       ${machine.data_dir}, ${bytes(machine.disk_free_bytes)} free, ${cloningText[machine.cloning]}`,
  )
  out.line()
  const rows = withEndpoints.flatMap(({ name, id, pg_version, endpoints, branches }) => {
    const project: Cell[] = [name === id ? id : `${name} (${id})`, String(pg_version)]
    if (endpoints.length === 0)
      return [[...project, '', '', { text: 'no endpoint', tone: 'quiet' as const }, '']]
    const names = new Map(branches.map(branch => [branch.id, branch.name]))
    return endpoints.map(endpoint => [
      ...project,
      names.get(endpoint.branch_id) ?? '',
      endpoint.id,
      stateCell(endpoint),
      ago(endpoint.last_active, now),
    ])
  })
  out.table(
    ['PROJECT', 'POSTGRES', 'BRANCH', 'ENDPOINT', 'STATE', 'LAST ACTIVE'],
    rows,
    'There is no project yet. Make one: pilotlight projects create --name shop',
  )
}

const cloningText = {
  btrfs: 'branches share bytes (copy-on-write)',
  reflink: 'branches share bytes (copy-on-write)',
  copy: 'branches are full copies',
} as const
