import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { BranchShape, ProjectShape } from '../contract/shapes.ts'
import type { Client } from './client.ts'
import { addCommand, type Context } from './command.ts'
import { CliError } from './errors.ts'
import { bytes, duration } from './format.ts'
import type { Io } from './output.ts'
import { allProjects, inParallel, resolveProject } from './resolve.ts'
import { branchesOf } from './resolve-branch.ts'
import type { System } from './system.ts'
import type { Cell } from './table.ts'

export function addUsage(program: Command, io: Io, system: System): void {
  addCommand(program, io, system, {
    usage: 'usage [project]',
    summary: 'show what projects, or the branches of one, have used this month',
    details:
      'AWAKE is how long computes ran, COMPUTE the same times their size in CU; WRITTEN is WAL, SENT what went to clients, SIZE what is held now. Months are those of UTC; figures lag by up to a minute.',
    example: 'pilotlight usage\npilotlight usage shop',
    run: usage,
  })
}

async function usage(context: Context, [text]: string[]): Promise<void> {
  const client = await context.client()
  if (text === undefined) return await ofAll(context, client)
  const { id } = await resolveProject(client, text)
  const [{ project }, branches] = await Promise.all([
    client.call(routes.getProject, { params: { project_id: id } }),
    branchesOf(client, id),
  ])
  const { out, json } = context
  if (json) return out.json({ project, branches })
  out.line(`Since ${project.consumption_period_start.slice(0, 10)}`)
  out.line()
  const rows = branches.map(branch => [branch.name, ...cellsOf(branch, branch.logical_size)])
  rows.push(['all', ...cellsOf(project, project.synthetic_storage_size)])
  out.table(['BRANCH', ...heads], rows, '')
  const quotas = quotaLines(project, branches)
  if (quotas.length === 0) return
  out.line()
  for (const { text, isUsedUp } of quotas) out.line(isUsedUp ? out.tone(text, 'bad') : text)
}

const heads = ['AWAKE', 'COMPUTE', 'WRITTEN', 'SENT', 'SIZE']

async function ofAll({ out, json }: Context, client: Client): Promise<void> {
  const listed = await allProjects(client)
  const found = await inParallel(listed, ({ id }) =>
    client
      .call(routes.getProject, { params: { project_id: id } })
      .then(reply => reply.project)
      .catch((error: unknown) => {
        // Deleted since it was listed.
        if (error instanceof CliError && error.code === 'project_not_found') return null
        throw error
      }),
  )
  const projects = found.filter(project => project !== null)
  if (json) return out.json({ projects })
  const rows = projects.map((project): Cell[] => [
    project.name,
    ...cellsOf(project, project.synthetic_storage_size),
    quotaLines(project, []).some(({ isUsedUp }) => isUsedUp) ? { text: 'used up', tone: 'bad' } : '',
  ])
  out.table(['PROJECT', ...heads, 'QUOTA'], rows, 'There is no project yet.')
}

type Used = Pick<
  BranchShape,
  'active_time_seconds' | 'compute_time_seconds' | 'written_data_bytes' | 'data_transfer_bytes'
>

function cellsOf(used: Used, size: number | undefined): string[] {
  return [
    duration(used.active_time_seconds * 1000),
    duration(used.compute_time_seconds * 1000),
    bytes(used.written_data_bytes),
    bytes(used.data_transfer_bytes),
    size === undefined ? '-' : bytes(size),
  ]
}

/** Those that are set. */
function quotaLines(project: ProjectShape, branches: BranchShape[]): { text: string; isUsedUp: boolean }[] {
  const { quota = {} } = project.settings
  const seconds = (value: number) => duration(value * 1000)
  const largest = Math.max(0, ...branches.map(({ logical_size = 0 }) => logical_size))
  const rows = [
    ['awake', project.active_time_seconds, quota.active_time_seconds, seconds],
    ['compute', project.compute_time_seconds, quota.compute_time_seconds, seconds],
    ['written', project.written_data_bytes, quota.written_data_bytes, bytes],
    ['sent', project.data_transfer_bytes, quota.data_transfer_bytes, bytes],
    ['largest branch', largest, quota.logical_size_bytes, bytes],
  ] as const
  return rows.flatMap(([what, used, limit = 0, words]) => {
    if (limit === 0) return []
    const isSize = what === 'largest branch'
    const isUsedUp = isSize ? used > limit : used >= limit
    const consequence = isSize
      ? 'sessions on it begin read-only'
      : `computes stay asleep until ${project.consumption_period_end.slice(0, 10)}`
    const text = `Quota  ${what}: ${words(used)} of ${words(limit)}${isUsedUp ? `: ${consequence}` : ''}`
    return [{ text, isUsedUp }]
  })
}
