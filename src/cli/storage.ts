import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import type { StorageShape } from '../contract/shapes.ts'
import { addCommand, type Context } from './command.ts'
import { CliError } from './errors.ts'
import { bytes } from './format.ts'
import type { Io } from './output.ts'
import { allProjects, resolveProject } from './resolve.ts'
import type { System } from './system.ts'
import type { Cell } from './table.ts'

export function addStorage(program: Command, io: Io, system: System): void {
  // `storage create` needs no running Pilotlight, and stands there already when we are plugged into the whole program.
  const storage =
    program.commands.find(command => command.name() === 'storage') ??
    program.command('storage').description('how branches get their bytes, and what each costs')

  addCommand(storage, io, system, {
    usage: 'status [project]',
    summary: 'show what branches share, and what each costs alone',
    details:
      'FILES is what the files of a branch take, shared or not; ALONE what surely nothing else holds; HISTORY what is kept so that past moments can be opened.',
    example: 'pilotlight storage status\npilotlight storage status shop',
    run: status,
  })
}

type Data = StorageShape['projects'][number]['data'][number]

async function status(context: Context, [text]: string[]): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const wanted =
    text === undefined
      ? [...(await allProjects(client)), ...(await allProjects(client, undefined, { recoverable: true }))]
      : [await resolveProject(client, text)]
  let found: StorageShape | undefined
  // One by one: a file system with many branches takes its time, and no single call should.
  for (const { id } of wanted) {
    out.progress(`reading what project ${id} takes …`)
    const one = await client
      .call(routes.getStorage, { query: { project_id: id } })
      .catch((error: unknown) => {
        // Deleted since it was listed.
        if (error instanceof CliError && error.code === 'project_not_found') return null
        throw error
      })
    if (one) found = { ...one, projects: [...(found?.projects ?? []), ...one.projects] }
  }
  found ??= await client.call(routes.getStorage, {})
  if (json) return out.json(found)

  const { cloning, cloning_reason: reason, disk_free_bytes: free, disk_total_bytes: total } = found
  out.line(`Branches   ${cloning}: ${reason}`)
  out.line(
    `Disk       ${bytes(free)} of ${bytes(total)} free (${percent(free, total)}) for ${found.data_dir}`,
  )
  out.line()
  const all = found.projects.flatMap(project => project.data)
  const rows = found.projects.flatMap(({ name, data }) =>
    data.map((each, index) => row(index ? '' : name, each)),
  )
  if (all.length > 0) rows.push(['', 'total', ...cells(sumOf(all))])
  out.table(['PROJECT', 'BRANCH', 'FILES', 'ALONE', 'HISTORY'], rows, 'There is no project yet.')
  if (isTight(free, total)) {
    out.line()
    out.line(
      'Little space is left, and Postgres stops when there is none: delete branches and snapshots that are not needed, or shorten the history of projects.',
    )
  }
}

/** The same bounds as doctor's. */
const isTight = (free: number, total: number): boolean => free < 5e9 || free < total * 0.1

function percent(part: number, whole: number): string {
  return `${whole > 0 ? Math.floor((part / whole) * 100) : 0} %`
}

const kindNotes = {
  branch: '',
  deleted: ' (deleted, can be recovered)',
  kept: ' (from before a restore)',
  ephemeral: ' (a look at the past)',
  snapshot: ' (snapshot)',
} as const

function row(project: string, data: Data): Cell[] {
  return [project, `${data.name}${kindNotes[data.kind]}`, ...cells(data)]
}

type Sums = Pick<Data, 'bytes' | 'exclusive_bytes' | 'history_bytes'>

function cells(sums: Sums): string[] {
  return [bytes(sums.bytes), bytes(sums.exclusive_bytes), bytes(sums.history_bytes)]
}

function sumOf(all: Data[]): Sums {
  const sum = (pick: (data: Data) => number) => all.reduce((total, data) => total + pick(data), 0)
  return {
    bytes: sum(data => data.bytes),
    exclusive_bytes: sum(data => data.exclusive_bytes),
    history_bytes: sum(data => data.history_bytes),
  }
}
