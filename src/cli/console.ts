import type { Command } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import type { Io } from './output.ts'
import type { System } from './system.ts'

export function addConsole(program: Command, io: Io, system: System): void {
  addCommand(program, io, system, {
    usage: 'console',
    summary: 'print a link that signs a browser in to the console, once',
    example: 'pilotlight console',
    run: printLink,
  })
}

async function printLink(context: Context): Promise<void> {
  const { out, json } = context
  const client = await context.client()
  const link = await client.call(routes.createConsoleLink, {})
  const url = client.baseUrl + link.path
  if (json) return out.json({ url, expires_at: link.expires_at })
  out.line(url)
}
