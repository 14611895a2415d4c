// The local certificate authority: made at the first start, kept for ten years, so that a machine trusts it once. The
// leaves below it, one for each kind of door, are renewed by themselves. <dir>/ca.crt is for clients; ca.key and the
// leaves' files are for this user only.

import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../lib/clock.ts'
import { type Issued, issueAuthority, issueLeaf } from './issue.ts'

export interface Certificates {
  certPem: string
  keyPem: string
  caPem: string
  /** For clients: `sslrootcert`. */
  caFile: string
  /** What channel binding hashes. */
  leafDer: Buffer
}

/** Renewed when less is left: a machine that is off for some weeks must not come back with an expired one. */
const renewBeforeMs = 30 * 86_400_000

/** Names that every machine has for itself. */
export const ownNames = ['localhost', '127.0.0.1', '::1']
/** What the doors for Postgres clients serve. */
export const postgresLeafFile = 'server.pem'

export async function ensureCertificates(options: {
  dir: string
  hostSuffix: string
  clock: Pick<Clock, 'now'>
}): Promise<Certificates> {
  const { hostSuffix } = options
  const names = [`*.${hostSuffix}`, hostSuffix, ...ownNames]
  return await ensureLeaf({ ...options, names, file: postgresLeafFile })
}

/** A certificate for `names` (DNS names and IP addresses) in <dir>/<file>: what is there if it serves, else a new one. */
export async function ensureLeaf(options: {
  dir: string
  file: string
  names: string[]
  clock: Pick<Clock, 'now'>
}): Promise<Certificates> {
  const { dir, names } = options
  const nowMs = options.clock.now()
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const caFile = join(dir, 'ca.crt')
  // Key and certificate in one file: a rename replaces both at once, so they always belong together.
  const leafFile = join(dir, options.file)

  // A leaf that still serves needs only the authority's certificate: then a lost ca.key changes nothing yet.
  const caPem = await readText(caFile)
  const leaf = split(await readText(leafFile))
  if (caPem && leaf && leafServes(leaf, caPem, names, nowMs)) return certificates(leaf, caPem, caFile)

  const authority = await ensureAuthority(dir, caFile, nowMs)
  const issued = await issueLeaf(nowMs, authority, names)
  await writeWhole(leafFile, issued.keyPem + issued.certPem, 0o600)
  return certificates(issued, authority.certPem, caFile)
}

/** What lies there, for who serves it and did not make it. Throws if it is missing or damaged. */
export async function readLeaf(dir: string, file: string): Promise<Certificates> {
  const caFile = join(dir, 'ca.crt')
  const leaf = split(await readText(join(dir, file)))
  if (!leaf || !belongTogether(leaf))
    throw new Error(`there is no certificate with its key in ${join(dir, file)}`)
  return certificates(leaf, await readText(caFile), caFile)
}

function certificates(leaf: Issued, caPem: string, caFile: string): Certificates {
  return { ...leaf, caPem, caFile, leafDer: new X509Certificate(leaf.certPem).raw }
}

async function ensureAuthority(dir: string, caFile: string, nowMs: number): Promise<Issued> {
  const keyFile = join(dir, 'ca.key')
  const known = { certPem: await readText(caFile), keyPem: await readText(keyFile) }
  if (belongTogether(known) && validFor(known.certPem, nowMs) && new X509Certificate(known.certPem).ca)
    return known
  const made = await issueAuthority(nowMs, `Pilotlight local authority (${hostname()})`)
  await writeWhole(keyFile, made.keyPem, 0o600)
  await writeWhole(caFile, made.certPem, 0o644)
  return made
}

function leafServes(leaf: Issued, caPem: string, names: string[], nowMs: number): boolean {
  try {
    const certificate = new X509Certificate(leaf.certPem)
    const authority = new X509Certificate(caPem)
    const covered = names.every(name =>
      isIP(name)
        ? certificate.checkIP(name)
        : certificate.subjectAltName?.split(', ').includes(`DNS:${name}`),
    )
    return (
      belongTogether(leaf) &&
      covered &&
      validFor(leaf.certPem, nowMs) &&
      validFor(caPem, nowMs) &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey)
    )
  } catch {
    return false
  }
}

function belongTogether({ certPem, keyPem }: Issued): boolean {
  try {
    return new X509Certificate(certPem).checkPrivateKey(createPrivateKey(keyPem))
  } catch {
    // Damaged or missing: both are answered by making it anew.
    return false
  }
}

function validFor(pem: string, nowMs: number): boolean {
  const certificate = new X509Certificate(pem)
  return (
    certificate.validFromDate.getTime() <= nowMs && certificate.validToDate.getTime() > nowMs + renewBeforeMs
  )
}

function split(pem: string): Issued | null {
  const key = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(pem)
  const certificate = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(pem)
  return key && certificate && { keyPem: key[0], certPem: certificate[0] }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

/** The whole file or none of it, and with its mode from the moment that it exists. */
async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(temporary, 'wx', mode)
  try {
    await file.writeFile(text)
    await file.sync()
    await file.close()
    await rename(temporary, path)
  } catch (error) {
    await file.close().catch(() => {})
    await rm(temporary, { force: true })
    throw error
  }
}
