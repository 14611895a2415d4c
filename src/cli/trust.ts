// Makes the machine trust Pilotlight's certificate authority, so that clients can verify whom they talk to.

import { type Command, Option } from 'commander'
import * as routes from '../contract/routes/index.ts'
import { addCommand, type Context } from './command.ts'
import { CliError, failure } from './errors.ts'
import { exitCodes } from './exit-codes.ts'
import type { Io } from './output.ts'
import type { System } from './system.ts'
import { commandText, findTrustStore, isTrusted, type TrustStore } from './trust-store.ts'

type TrustOptions = { print?: boolean; remove?: boolean; caFile?: string }

export function addTrust(program: Command, io: Io, system: System): void {
  addCommand<TrustOptions>(program, io, system, {
    usage: 'trust',
    summary: 'make this machine trust the certificates of Pilotlight',
    details:
      'Needs root; without it, prints the commands to run with sudo. What sslmode=require needs is there without it;\n' +
      'sslmode=verify-full with sslrootcert=system, and clients that always verify, need this.',
    example: 'sudo pilotlight trust --data-dir ~/.local/share/pilotlight\npilotlight trust --print',
    options: [
      new Option('--print', 'only print the certificate authority and the commands'),
      new Option('--remove', 'trust it no longer').conflicts('print'),
      new Option('--ca-file <file>', 'the certificate authority (default: that of the running Pilotlight)'),
    ],
    run: trust,
  })
}

async function trust(context: Context, _args: string[], options: TrustOptions): Promise<void> {
  const { out, json, system } = context
  const caFile = await caFileOf(context, options)
  const store = findTrustStore(system)
  const trusted = await isTrusted(caFile, system)
  const remove = options.remove ?? false
  const commands = (remove ? store?.remove(caFile) : store?.add(caFile)) ?? []
  const shown = { ca_file: caFile, commands: commands.map(commandText) }

  if (options.print) {
    if (json) return out.json({ ...shown, trusted, changed: false })
    return printHowTo(context, caFile, shown.commands, trusted)
  }
  if (!remove && !system.exists(caFile)) {
    throw failure(
      'ca_missing',
      `there is no certificate authority at ${caFile}`,
      'Start Pilotlight once, or use --ca-file.',
    )
  }
  const isDone = remove ? isRemoved(store, trusted, system) : trusted === true
  if (isDone) {
    if (json) return out.json({ ...shown, trusted, changed: false })
    return out.line(`This machine ${remove ? 'does not trust' : 'trusts'} ${caFile} already.`)
  }
  if (!store) {
    throw failure(
      'trust_store_unknown',
      'how this system keeps the authorities that it trusts is not known',
      `Add ${caFile} in the way of your system, or connect with sslrootcert=${caFile}.`,
    )
  }
  if (system.uid !== 0) throw rootNeeded(shown.commands)
  for (const [command, ...args] of commands) {
    const { code, output } = await system.run(command!, args)
    if (code !== 0) {
      throw failure(
        'trust_failed',
        `${commandText([command!, ...args])} failed: ${output.trim()}`,
        notInstalled(code),
      )
    }
  }
  if (json) return out.json({ ...shown, trusted: !remove, changed: true })
  out.line(`${remove ? 'This machine no longer' : 'This machine now'} trusts ${caFile}. What was done:`)
  for (const command of shown.commands) out.line(`  ${command}`)
  out.line(remove ? '' : `To undo it: ${context.self} trust --remove\n\n${laterText(caFile)}`)
}

/** Without a running Pilotlight, the run file that it left, or where it makes it. */
async function caFileOf(context: Context, options: TrustOptions): Promise<string> {
  if (options.caFile !== undefined) return options.caFile
  const { run } = context.place
  if (context.place.chosenUrl === undefined && (run.state === 'running' || run.state === 'stale')) {
    return run.runFile.caFile
  }
  const client = await context.client()
  return (await client.call(routes.getMachine, {})).ca_file
}

function isRemoved(store: TrustStore | null, trusted: boolean | null, system: System): boolean {
  return trusted === false && (store?.file === undefined || !system.exists(store.file))
}

function printHowTo({ out }: Context, caFile: string, commands: string[], trusted: boolean | null): void {
  out.line(caFile)
  out.line()
  if (trusted) out.line('This machine trusts it already.')
  else if (commands.length === 0)
    out.line('How this system keeps the authorities that it trusts is not known.')
  else {
    out.line('To make this machine trust it:')
    for (const command of commands) out.line(`  sudo ${command}`)
  }
  out.line()
  out.line(laterText(caFile))
}

function laterText(caFile: string): string {
  return [
    'Clients that do not read the system’s store name the file themselves:',
    `  libpq, psql    sslmode=verify-full sslrootcert=${caFile}    (or sslrootcert=system, from libpq 16 on)`,
    `  Node           NODE_EXTRA_CA_CERTS=${caFile}`,
    `  Python         SSL_CERT_FILE=${caFile}`,
  ].join('\n')
}

function rootNeeded(commands: string[]): CliError {
  return new CliError({
    code: 'root_needed',
    message: 'only root can change which certificate authorities this machine trusts',
    remedy: `Run:\n${commands.map(command => `  sudo ${command}`).join('\n')}`,
    exitCode: exitCodes.usage,
  })
}

function notInstalled(code: number | null): string {
  return code === null
    ? 'Install the ca-certificates package of your system, then try again.'
    : 'Repair what it complains about, then try again; doing it twice does no harm.'
}
