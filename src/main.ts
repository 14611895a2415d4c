// The program: `pilotlight up` here, every other command in cli/.

import { Command, Option } from 'commander'
import { addCommands, exitCodes, reportError } from './cli/index.ts'
import { ConfigError, type Flags, readConfig, type SettingName, settings } from './config.ts'
import { errorChain } from './lib/error-chain.ts'

/** What open sessions get to end by themselves when `up` is told to stop. A second signal ends the wait. */
const sessionGraceMs = 5000

class StartFailed extends Error {}

/** One Ctrl-C may arrive twice: from the terminal, and through npm. */
const sameSignalMs = 500

const program = new Command('pilotlight')
  .description('Serverless Postgres that you run yourself.')
  .showHelpAfterError('(see pilotlight --help)')

const upCommand = program.command('up').description('start Pilotlight, and keep it running until Ctrl-C')
for (const setting of Object.values(settings)) {
  upCommand.addOption(
    new Option(
      `--${setting.flag} ${setting.value}`,
      `${setting.description} (env: ${setting.env}; default: ${setting.defaultText})`,
    ),
  )
}
upCommand.action(async (flags: Flags) => {
  // Loaded here, so that the other commands answer in a fraction of a second.
  const [{ up }, { banner }] = await Promise.all([import('./up/up.ts'), import('./up/banner.ts')])
  const say = (line: string) => process.stdout.write(`${line}\n`)
  const config = readConfig(pick(flags), process.env, {
    uid: process.getuid?.(),
    platform: process.platform,
    cwd: process.cwd(),
  })
  // From the first moment on: a signal during the start must still leave nothing half-started behind.
  let interrupted = false
  let stop = () => {
    interrupted = true
    stop = () => process.exit(exitCodes.failure)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop())

  const running = await up(config, say).catch((error: unknown) => {
    if (error instanceof ConfigError) throw error
    const log = config.logTo === 'file' ? ` See ${config.dataDir}/log.` : ''
    throw new StartFailed(`cannot start: ${errorChain(error)}.${log}`)
  })
  const finish = async (graceMs: number) => {
    await running.stop(graceMs)
    process.exit(0)
  }
  if (interrupted) return await finish(0)
  stop = () => {
    say('Stopping: sessions end, computes are suspended. Ctrl-C again to leave at once.')
    stop = () => {}
    setTimeout(() => {
      stop = () => process.exit(exitCodes.failure)
    }, sameSignalMs).unref()
    void finish(sessionGraceMs)
  }
  say(banner(running, config))
})

function pick(flags: Flags): Flags {
  return Object.fromEntries(
    (Object.keys(settings) as SettingName[]).map(name => [name, flags[name]]),
  ) as Flags
}

addCommands(program, { stdout: process.stdout, stderr: process.stderr, env: process.env })

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof ConfigError) {
    process.stderr.write(`pilotlight: ${error.message}\n`)
    process.exit(exitCodes.usage)
  }
  if (error instanceof StartFailed) {
    process.stderr.write(`pilotlight: ${error.message}\n`)
    process.exit(exitCodes.failure)
  }
  process.exit(reportError(error, process.stderr))
}
