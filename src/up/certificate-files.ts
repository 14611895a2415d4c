// A certificate and its key as another program lays them down: read, and looked at before they are served.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { CertificateFiles } from '../config.ts'
import { errorChain } from '../lib/error-chain.ts'

export interface KeyPair {
  /** With its chain. */
  certPem: string
  keyPem: string
  leaf: X509Certificate
}

/** What renews certificates does it a month before their end, so half of that means that it does not work. */
const warnBeforeMs = 14 * 86_400_000

/** Throws an Error in words for the operator: a file that cannot be read, is no PEM, or belongs to another key. */
export async function readKeyPair({ certFile, keyFile }: CertificateFiles): Promise<KeyPair> {
  const [certPem, keyPem] = await Promise.all([readPem(certFile), readPem(keyFile)])
  const leaf = parse(certFile, 'certificate (PEM)', () => new X509Certificate(certPem))
  const key = parse(keyFile, 'private key (PEM, without a passphrase)', () => createPrivateKey(keyPem))
  if (!leaf.checkPrivateKey(key)) {
    throw new Error(
      `${keyFile} is not the key of the first certificate in ${certFile}. The server’s own certificate stands first, then its chain.`,
    )
  }
  return { certPem, keyPem, leaf }
}

/** What is wrong with its dates, in words; undefined: nothing. It is served all the same: databases matter more. */
export function datesProblem(leaf: X509Certificate, nowMs: number): string | undefined {
  const leftMs = leaf.validToDate.getTime() - nowMs
  const day = (date: Date) => date.toISOString().slice(0, 10)
  if (leftMs <= 0) return `is no longer valid, since ${day(leaf.validToDate)}`
  if (leaf.validFromDate.getTime() > nowMs) return `is not valid before ${day(leaf.validFromDate)}`
  if (leftMs < warnBeforeMs) return `ends on ${day(leaf.validToDate)}; renew it`
  return undefined
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`${file} cannot be read (${errorChain(error)})`)
  }
}

function parse<T>(file: string, what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new Error(`${file} holds no ${what}`)
  }
}
