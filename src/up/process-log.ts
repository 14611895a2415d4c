// Where a process of Pilotlight logs: its own file below the data directory, or standard error.

import { mkdirSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createLogger, type Logger, type LogLevel } from '../lib/logger.ts'

/** A log beyond it is set aside at the next start; one older one is kept. */
const largestLogBytes = 20_000_000

export interface LogSettings {
  level: LogLevel
  to: 'file' | 'stderr'
  dir: string
}

export function openProcessLog(settings: LogSettings, name: string): Logger {
  if (settings.to === 'stderr') return createLogger({ name, level: settings.level })
  mkdirSync(settings.dir, { recursive: true, mode: 0o750 })
  const file = join(settings.dir, `${name}.log`)
  try {
    if (statSync(file).size > largestLogBytes) renameSync(file, `${file}.1`)
  } catch {
    // No log yet.
  }
  return createLogger({ name, level: settings.level, fd: openSync(file, 'a', 0o640) })
}
