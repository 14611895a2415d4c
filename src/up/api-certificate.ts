// Which certificate HTTPS serves: one of our authority, or the operator's own beside it. Both are read again when their
// files change, so that neither a renewal of ours nor one by certbot needs a restart.

import { X509Certificate } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls'
import type { CertificateFiles, Config } from '../config.ts'
import type { Clock, Timer } from '../lib/clock.ts'
import { errorChain } from '../lib/error-chain.ts'
import type { Logger } from '../lib/logger.ts'
import { isAnyAddress } from '../lib/network.ts'
import { ownNames, readLeaf } from '../proxy/index.ts'
import { datesProblem, readKeyPair } from './certificate-files.ts'
import { FileStates, repeat } from './repeat.ts'

export const apiLeafFile = 'api.pem'

/** How soon a changed file is seen. Two calls of stat a file. */
const lookEveryMs = 5000
const remindEveryMs = 86_400_000

/** What our own certificate for the API names. */
export function apiNames(config: Pick<Config, 'domain' | 'region' | 'listen' | 'apiHostNames'>): string[] {
  const machine = hostname().toLowerCase()
  return [
    ...new Set([
      ...ownNames,
      `api.${config.region}.${config.domain}`,
      `console.${config.domain}`,
      // Some machines have names that DNS does not know.
      ...(/^[a-z0-9][a-z0-9.-]{0,200}$/.test(machine) ? [machine] : []),
      ...(isAnyAddress(config.listen) ? [] : [config.listen]),
      ...config.apiHostNames,
    ]),
  ]
}

export interface ApiCertificateOptions {
  tlsDir: string
  given: CertificateFiles | undefined
  clock: Clock
  logger: Logger
}

interface Served {
  leaf: X509Certificate
  options: SecureContextOptions
  context: SecureContext
}

export class ApiCertificate {
  readonly #options: ApiCertificateOptions
  readonly #files: FileStates
  #own!: Served
  #given: Served | undefined
  #timer: Timer | undefined
  #remindedMs = Number.NEGATIVE_INFINITY
  #changed: (() => void) | undefined

  private constructor(options: ApiCertificateOptions) {
    const { tlsDir, given } = options
    this.#options = options
    this.#files = new FileStates([
      join(tlsDir, apiLeafFile),
      ...(given ? [given.certFile, given.keyFile] : []),
    ])
  }

  /** Throws if there is none of ours; what is wrong with the operator's is logged, and ours is served. */
  static async open(options: ApiCertificateOptions): Promise<ApiCertificate> {
    const certificate = new ApiCertificate(options)
    await certificate.#files.haveChanged()
    await certificate.#readOwn()
    await certificate.#readGiven()
    certificate.#timer = repeat(options.clock, lookEveryMs, () => certificate.look())
    return certificate
  }

  /** For a client that named `serverName`: the operator's, unless only ours has that name. */
  contextFor(serverName: string): SecureContext {
    const own = this.#own
    const given = this.#given
    if (!given) return own.context
    const covers = ({ leaf }: Served) => leaf.checkHost(serverName) !== undefined
    return !covers(given) && covers(own) ? own.context : given.context
  }

  /** For a client that named nobody, because it dialled an IP address. */
  get byDefault(): SecureContextOptions {
    return (this.#given ?? this.#own).options
  }

  onChange(changed: () => void): void {
    this.#changed = changed
  }

  close(): void {
    this.#timer?.cancel()
  }

  /** Reads again what has changed. Where that fails, what was served goes on being served. */
  async look(): Promise<void> {
    const { logger } = this.#options
    if (!(await this.#files.haveChanged())) return this.#remind()
    await this.#readOwn().catch((error: unknown) => {
      logger.error(
        { error: errorChain(error) },
        'our certificate for the API cannot be read; the old one is kept',
      )
    })
    await this.#readGiven()
    this.#changed?.()
  }

  async #readOwn(): Promise<void> {
    const { certPem, keyPem } = await readLeaf(this.#options.tlsDir, apiLeafFile)
    this.#own = served(certPem, keyPem)
  }

  async #readGiven(): Promise<void> {
    const { given, logger } = this.#options
    if (!given) return
    try {
      const { certPem, keyPem } = await readKeyPair(given)
      this.#given = served(certPem, keyPem)
      this.#remindedMs = Number.NEGATIVE_INFINITY
      logger.info(
        { certFile: given.certFile, until: this.#given.leaf.validTo },
        'certificate for the API read',
      )
      this.#remind()
    } catch (error) {
      // Certificate and key are two files: a renewal may be half done, and the next look finds it whole.
      const instead = this.#given ? 'the one read before' : 'one of our own authority'
      logger.error({ error: errorChain(error) }, `--api-cert cannot be used; ${instead} is served`)
    }
  }

  #remind(): void {
    const { clock, given, logger } = this.#options
    if (!given || !this.#given || clock.now() < this.#remindedMs + remindEveryMs) return
    const problem = datesProblem(this.#given.leaf, clock.now())
    if (problem === undefined) return
    this.#remindedMs = clock.now()
    logger.warn({ certFile: given.certFile }, `the certificate of --api-cert ${problem}`)
  }
}

function served(certPem: string, keyPem: string): Served {
  const options: SecureContextOptions = { cert: certPem, key: keyPem, minVersion: 'TLSv1.2' }
  return { leaf: new X509Certificate(certPem), options, context: createSecureContext(options) }
}
