// Makes the two certificates of a Pilotlight: its own authority, and the leaf that the proxy serves. P-256 with
// ECDSA-SHA256: small, fast to sign, and the hash that channel binding wants. Loaded only when one has to be made.

import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import { dayMs, hourMs } from '../../lib/time-frames.ts'
import { installReflectMetadata } from './reflect-metadata.ts'

export interface Issued {
  certPem: string
  keyPem: string
}

export const caDays = 3650
/** The longest that platforms accept of a leaf (398), less one for clocks. */
export const leafDays = 397
/** Clocks of clients may be behind. */
const backdateMs = hourMs

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

async function library() {
  installReflectMetadata()
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(globalThis.crypto)
  return x509
}

const generateKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key))
  const lines = der.toString('base64').replace(/.{1,64}/g, '$&\n')
  return `-----BEGIN PRIVATE KEY-----\n${lines}-----END PRIVATE KEY-----\n`
}

const derOfPem = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64')

export async function issueAuthority(nowMs: number, name: string): Promise<Issued> {
  const x509 = await library()
  const keys = await generateKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }, { O: ['Pilotlight'] }],
    notBefore: new Date(nowMs - backdateMs),
    notAfter: new Date(nowMs + caDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      // Path length 0: it signs leaves, never another authority.
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await pemOfKey(keys.privateKey) }
}

export async function issueLeaf(nowMs: number, authority: Issued, names: string[]): Promise<Issued> {
  const x509 = await library()
  const keys = await generateKeys()
  const signingKey = await webcrypto.subtle.importKey('pkcs8', derOfPem(authority.keyPem), algorithm, false, [
    'sign',
  ])
  const issuer = new x509.X509Certificate(authority.certPem)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [names[0]!] }],
    issuer: issuer.subjectName.toJSON(),
    notBefore: new Date(nowMs - backdateMs),
    notAfter: new Date(nowMs + leafDays * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map(name => ({ type: isIP(name) ? ('ip' as const) : ('dns' as const), value: name })),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certPem: `${certificate.toString('pem')}\n`, keyPem: await pemOfKey(keys.privateKey) }
}
