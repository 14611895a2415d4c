// All sets of Postgres binaries that computes can be made of, and which of them a branch gets.

import { access, constants, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from '../../../lib/logger.ts'
import { EngineError, type PostgresBuild } from '../../engine.ts'
import type { Layout } from '../layout.ts'
import type { Spawn } from '../run.ts'
import { findEmbedded } from './embedded.ts'
import { isWhole, placeBuild } from './placed.ts'
import { findSystem } from './system.ts'
import { compareVersions, newestMajor, oldestMajor, versionOf } from './version.ts'

export async function findBuilds(options: {
  layout: Layout
  spawn: Spawn
  logger: Logger
}): Promise<PostgresBuild[]> {
  const { layout, spawn, logger } = options
  const found = new Map<string, PostgresBuild>()
  const add = async (binDir: string, source: PostgresBuild['source']) => {
    const version = await versionOf(spawn, join(binDir, 'postgres'))
    if (!version || version.major < oldestMajor || version.major > newestMajor) return
    const id = `${version.version}-${source}`
    if (!found.has(id)) found.set(id, { id, ...version, source, binDir, clientTools: null })
  }

  for (const { name, native } of await findEmbedded()) {
    const version = await versionOf(spawn, join(native, 'bin', 'postgres'))
    if (!version) {
      logger.warn({ package: name }, 'this Postgres does not run here (its binaries want another C library?)')
      continue
    }
    const placed = await placeBuild(native, layout.postgres, `${version.version}-embedded`)
    await add(join(placed, 'bin'), 'embedded')
  }
  // Those of earlier installations: branches may still be on them.
  for (const name of await readdir(layout.postgres).catch(() => [])) {
    if (!name.startsWith('.') && !found.has(name) && (await isWhole(join(layout.postgres, name))))
      await add(join(layout.postgres, name, 'bin'), 'embedded')
  }
  for (const binDir of await findSystem(spawn)) await add(binDir, 'system')

  const builds = [...found.values()].sort(
    (a, b) => a.major - b.major || compareVersions(a.version, b.version) || a.source.localeCompare(b.source),
  )
  return await Promise.all(
    builds.map(async build => ({ ...build, clientTools: await clientTools(build, builds) })),
  )
}

/** Embedded builds have no psql or pg_dump; one of the same major or a later one serves them too. */
async function clientTools(build: PostgresBuild, builds: PostgresBuild[]): Promise<string | null> {
  const others = builds.filter(other => other !== build && other.major >= build.major)
  for (const { binDir } of [build, ...others]) {
    try {
      await access(join(binDir, 'pg_dump'), constants.X_OK)
      await access(join(binDir, 'psql'), constants.X_OK)
      return binDir
    } catch {
      // The next one may have them.
    }
  }
  return null
}

/** For a new branch: our own build before the system's, the newest minor version first. */
export function chooseBuild(builds: PostgresBuild[], major: number): PostgresBuild {
  const fitting = builds.filter(build => build.major === major)
  const best = (source: PostgresBuild['source']) =>
    fitting.filter(build => build.source === source).sort((a, b) => compareVersions(b.version, a.version))[0]
  const chosen = best('embedded') ?? best('system')
  if (chosen) return chosen
  throw new EngineError('invalid', `no Postgres ${major} on this machine; there is ${listed(builds)}`)
}

/**
 * For data that exists: its own build; or, where a package manager has replaced that by a later minor version, this one,
 * which reads the same files. A build from elsewhere is never taken silently: it may have been compiled otherwise.
 */
export function buildOf(builds: PostgresBuild[], id: string): PostgresBuild {
  const exact = builds.find(build => build.id === id)
  if (exact) return exact
  const match = /^(\d+)(?:\.\d+)?-(embedded|system)$/.exec(id)
  const later = builds
    .filter(build => build.major === Number(match?.[1]) && build.source === match?.[2])
    .filter(build => compareVersions(`${build.version}`, id) > 0)
    .at(-1)
  if (later) return later
  throw new EngineError(
    'invalid',
    `Postgres ${id} is not on this machine any more; there is ${listed(builds)}`,
  )
}

const listed = (builds: PostgresBuild[]): string => builds.map(build => build.id).join(', ') || 'none'
