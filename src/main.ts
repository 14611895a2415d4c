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
  const [{ up }, { banner }, { consoleLink }] = await Promise.all([
    import('./up/up.ts'),
    import('./up/banner.ts'),
    import('./up/console-link.ts'),
  ])
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
  say(banner(running, config, await consoleLink(running.runFile)))
})

const storageCommand = program
  .command('storage')
  .description('how branches get their bytes, and what each costs')
storageCommand
  .command('create')
  .summary('make branches share bytes, on a file system that cannot do it (as root)')
  .description(
    'Makes a file with XFS inside beside the data directory (<data-dir>.xfs), moves the data into it, and mounts it there, ' +
      'now and at each start. Pilotlight must be stopped. The data from before is kept until you remove it.',
  )
  .requiredOption(
    '--size <size>',
    'how large it may become: 50G, 500M, 1T (of 1024); space is taken as it is used',
  )
  .option('--data-dir <directory>', `${settings.dataDir.description} (env: ${settings.dataDir.env})`)
  .option('--force', 'also where the file system can share bytes already')
  .addHelpText('after', '\nExample:\n  sudo pilotlight storage create --size 50G')
  .action(async (flags: { size: string; dataDir?: string; force?: boolean }) => {
    const { createStorage, parseSize } = await import('./up/storage-image-create.ts')
    const sizeBytes = parseSize(flags.size)
    if (sizeBytes === undefined) {
      throw new ConfigError(
        `--size: ${JSON.stringify(flags.size)} is not allowed. It takes a size such as 50G, 500M or 1T.`,
      )
    }
    const { dataDir } = readConfig(
      flags.dataDir === undefined ? {} : { dataDir: flags.dataDir },
      process.env,
      {
        uid: process.getuid?.(),
        platform: process.platform,
        cwd: process.cwd(),
      },
    )
    const say = (line: string) => process.stdout.write(`${line}\n`)
    await createStorage({ dataDir, sizeBytes, say, ...(flags.force ? { force: true } : {}) }).catch(
      (error: unknown) => {
        if (error instanceof ConfigError) throw error
        throw new StartFailed(`the storage could not be made: ${errorChain(error)}`)
      },
    )
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
