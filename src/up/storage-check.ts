// How branches will get their bytes: told at the start, and a wish that cannot be met ends it before anything runs.

import { mkdir } from 'node:fs/promises'
import { ConfigError, type StorageChoice } from '../config.ts'
import { chooseDriver, type Machine } from '../engine/local/index.ts'

export interface StorageReport {
  cloning: Exclude<StorageChoice, 'auto'>
  reason: string
}

/** Throws ConfigError. The engine in control looks again, and comes to the same. */
export async function checkStorage(machine: Machine, wanted: StorageChoice): Promise<StorageReport> {
  await mkdir(machine.layout.data, { recursive: true })
  try {
    const { driver, reason } = await chooseDriver(machine.layout.data, {
      override: wanted,
      spawn: machine.spawn,
    })
    return { cloning: driver.kind, reason }
  } catch (error) {
    if (wanted === 'auto') throw error
    throw new ConfigError(`--storage: ${(error as Error).message}`)
  }
}
