import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import type { Io } from './output.ts'
import type { System } from './system.ts'

export function addPostgres(program: Command, io: Io, system: System): void {
  const postgres = program.command('postgres').description('the Postgres binaries on this machine')

  addCommand(postgres, io, system, {
    usage: 'list',
    summary: 'list the builds that projects can be made with',
    details:
      'CLIENT TOOLS is the directory of the psql and pg_dump that serve a build; embedded ones have none.',
    example: 'pilotlight postgres list',
    run: list,
  })
}

async function list({ client, out, json }: Context): Promise<void> {
  const machine = await (await client()).call(routes.getMachine, {})
  if (json) return out.json(machine.postgres)
  out.table(
    ['ID', 'VERSION', 'SOURCE', 'PATH', 'CLIENT TOOLS'],
    machine.postgres.map(build => [
      build.id,
      build.version,
      build.source,
      build.bin_dir,
      build.client_tools ?? 'none',
    ]),
    'There is no Postgres on this machine. Install one, or run npm install again; then restart Pilotlight.',
  )
}
