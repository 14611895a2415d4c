// The postgresql.conf of a compute, from its spec: with all that was chosen, or without, where Postgres does not come up
// with it.

import type { ComputeSpec, PostgresBuild } from '../../engine.ts'
import { replaceFile } from '../files.ts'
import type { Machine } from '../machine.ts'
import { checkSettings } from '../postgres/check-settings.ts'
import { chosenText, preloadNames, sizeOf, withoutChosen } from './chosen.ts'
import type { Compute } from './compute.ts'
import { checkedNames, renderConf } from './conf.ts'

/** The text of the file, on this machine. Errors: `invalid` for a setting that is not the caller's to choose. */
export async function confOf(
  machine: Machine,
  compute: Compute,
  build: PostgresBuild,
  spec: ComputeSpec,
): Promise<string> {
  const { settings, logicalReplication } = spec
  return renderConf({
    ...{ major: build.major, size: sizeOf(spec), settings },
    socketDir: compute.socketDir,
    syncfs: await machine.hasSyncfs(build),
    archive: true,
    preload: preloadNames(await machine.preloadLibraries(build), spec.preload),
    logicalReplication: logicalReplication === true,
  })
}

/** The caller notes in `compute.conf` what is there now. */
export const replaceConf = ({ confFile }: Compute, conf: string): Promise<void> =>
  replaceFile(confFile, conf, { mode: 0o644 })

/** A process that could be started only without its settings goes on without them, for as long as they are the same. */
export const asItRuns = ({ postmaster, ignored }: Compute, spec: ComputeSpec): ComputeSpec =>
  postmaster && ignored?.settings === chosenText(spec) ? withoutChosen(spec) : spec

/**
 * Postgres did not come up, by `error`. Whether its settings are to blame shows only without them; if so, they are tried
 * again at the next start, for the reason may lie in the machine. The status says what Postgres has against them.
 */
export async function leaveOut(
  machine: Machine,
  compute: Compute,
  build: PostgresBuild,
  spec: ComputeSpec,
  error: unknown,
): Promise<void> {
  // At a start Postgres says only that the file has errors; asked about it, it says which.
  const asked = checkSettings(machine.spawn, build, machine.user, checkedNames(spec.settings))
  const reason = (await asked.catch(() => null)) ?? (error instanceof Error ? error.message : String(error))
  machine.logger.warn(
    { endpoint: compute.id, reason },
    'postgres is started without the settings that were chosen',
  )
  const conf = await confOf(machine, compute, build, withoutChosen(spec))
  await replaceConf(compute, conf)
  compute.conf = conf
  compute.note({ gen: compute.gen, ignored: { settings: chosenText(spec), reason } })
}
