// The certificates of our own authority: made at the start, and made anew before they end for as long as `up` runs.
// Whoever serves them sees that the files have changed. Only this process makes them, so no two can make one at a time.

import type { Clock, Timer } from '../lib/clock.ts'
import type { Logger } from '../lib/logger.ts'
import { ensureCertificates, ensureLeaf } from '../proxy/index.ts'
import { apiLeafFile } from './api-certificate.ts'
import { repeat } from './repeat.ts'

/** They are renewed 30 days before their end: time for some sixty attempts. */
const lookEveryMs = 12 * 3_600_000

export interface OwnCertificatesOptions {
  dir: string
  hostSuffix: string
  apiNames: string[]
  clock: Clock
  logger: Logger
}

export class OwnCertificates {
  readonly #options: OwnCertificatesOptions
  #timer: Timer | undefined

  constructor(options: OwnCertificatesOptions) {
    this.#options = options
  }

  /** What serves is kept. Errors are those of the file system. */
  async ensure(): Promise<{ caFile: string }> {
    const { dir, hostSuffix, apiNames, clock } = this.#options
    const { caFile } = await ensureCertificates({ dir, hostSuffix, clock })
    await ensureLeaf({ dir, file: apiLeafFile, names: apiNames, clock })
    return { caFile }
  }

  keepRenewed(): void {
    const { clock, logger } = this.#options
    this.#timer = repeat(clock, lookEveryMs, async () => {
      await this.ensure().catch((error: unknown) => {
        logger.error({ err: error }, 'certificates could not be renewed')
      })
    })
  }

  close(): void {
    this.#timer?.cancel()
  }
}
