// What callers may choose for Postgres itself: settings and preloaded libraries, checked against the build that will
// read them. Better refused now than found missing at a start.

import type { EndpointSettings, PreloadLibraries } from '../catalog/schema.ts'
import { PilotlightError } from '../contract/errors.ts'
import { whyForbidden } from '../contract/forbidden-settings.ts'
import type { Engine } from '../engine/engine.ts'

export type SettingsJudge = Pick<Engine, 'checkSettings' | 'preloadLibraries'>

/** `field`: what callers know it as, such as `endpoint.settings`. Throws invalid_request, setting_forbidden. */
export async function checkComputeSettings(
  engine: SettingsJudge,
  build: string,
  field: string,
  { pg_settings, preload_libraries }: Omit<EndpointSettings, 'pgbouncer_settings'>,
): Promise<void> {
  if (pg_settings) await checkPgSettings(engine, build, `${field}.pg_settings`, pg_settings)
  if (preload_libraries) {
    await checkPreloadLibraries(engine, build, `${field}.preload_libraries`, preload_libraries)
  }
}

const settingName = /^[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)?$/

async function checkPgSettings(
  engine: SettingsJudge,
  build: string,
  field: string,
  settings: Record<string, string>,
): Promise<void> {
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(settings)) {
    if (!settingName.test(name)) throw refused(field, `"${name}" is no name of a setting`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    if (/[\u0000-\u001f\u007f]/.test(value)) {
      throw refused(`${field}.${name}`, 'a value must not contain control characters')
    }
    if (seen.has(name.toLowerCase())) throw refused(field, `"${name}" is given twice`)
    seen.add(name.toLowerCase())
    const reason = whyForbidden(name)
    if (reason) throw new PilotlightError('setting_forbidden', { name: `${field}.${name}`, reason })
  }
  if (seen.size === 0) return
  const said = await engine.checkSettings(build, settings)
  if (said !== null) throw refused(field, said)
}

async function checkPreloadLibraries(
  engine: SettingsJudge,
  build: string,
  field: string,
  { enabled_libraries = [] }: PreloadLibraries,
): Promise<void> {
  if (enabled_libraries.length === 0) return
  const available = (await engine.preloadLibraries(build)).map(({ name }) => name)
  const missing = enabled_libraries.find(name => !available.includes(name))
  if (missing === undefined) return
  const there = available.join(', ') || 'none'
  throw refused(`${field}.enabled_libraries`, `"${missing}" cannot be preloaded; these can: ${there}`)
}

const refused = (field: string, why: string): PilotlightError =>
  new PilotlightError('invalid_request', { detail: `${field}: ${why}` })
