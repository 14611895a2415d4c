// Where a machine keeps the certificate authorities that it trusts, and how one is added.

import type { System } from './system.ts'

export interface TrustStore {
  name: string
  /** The file that stands for our authority; undefined where the system keeps them in a database. */
  file?: string
  /** Commands for root, in order, as argument lists. */
  add(caFile: string): string[][]
  remove(caFile: string): string[][]
}

const fileName = 'pilotlight.crt'

interface Directory {
  name: string
  directory: string
  refresh: string[]
  /** What `refresh` makes of our file and leaves behind when that is gone. */
  link?: string
}

/** Each a directory to put a file into, and the program that makes the bundle of it. The first that is there is taken. */
const directories: Directory[] = [
  {
    name: 'Debian, Ubuntu, Alpine',
    directory: '/usr/local/share/ca-certificates',
    refresh: ['update-ca-certificates'],
    link: '/etc/ssl/certs/pilotlight.pem',
  },
  {
    name: 'Fedora, RHEL',
    directory: '/etc/pki/ca-trust/source/anchors',
    refresh: ['update-ca-trust', 'extract'],
  },
  { name: 'openSUSE', directory: '/etc/pki/trust/anchors', refresh: ['update-ca-certificates'] },
  { name: 'Arch', directory: '/etc/ca-certificates/trust-source/anchors', refresh: ['update-ca-trust'] },
]

/** The bundles that those programs write. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

const keychain = '/Library/Keychains/System.keychain'

/** Null: none that we know. */
export function findTrustStore(system: Pick<System, 'platform' | 'exists'>): TrustStore | null {
  if (system.platform === 'darwin') {
    return {
      name: 'the system keychain',
      add: caFile => [['security', 'add-trusted-cert', '-d', '-r', 'trustRoot', '-k', keychain, caFile]],
      remove: caFile => [['security', 'remove-trusted-cert', '-d', caFile]],
    }
  }
  const found = directories.find(({ directory }) => system.exists(directory))
  if (!found) return null
  const file = `${found.directory}/${fileName}`
  return {
    name: `${found.directory} (${found.name})`,
    file,
    add: caFile => [['install', '-m', '0644', caFile, file], found.refresh],
    // Not with Debian's --fresh: it takes all links away before it makes them anew, and only ours has to go.
    remove: () => [['rm', '-f', file, ...(found.link ? [found.link] : [])], found.refresh],
  }
}

/** Whether the system's bundle has the certificate. Null: it cannot be told. */
export async function isTrusted(
  caFile: string,
  system: Pick<System, 'platform' | 'readText' | 'run'>,
): Promise<boolean | null> {
  if (system.platform === 'darwin') {
    return (await system.run('security', ['verify-cert', '-c', caFile])).code === 0
  }
  const ca = certificatesOf((await system.readText(caFile).catch(() => null)) ?? '')[0]
  if (ca === undefined) return null
  let seen = false
  for (const bundle of bundles) {
    const text = await system.readText(bundle).catch(() => null)
    if (text === null) continue
    seen = true
    if (certificatesOf(text).includes(ca)) return true
  }
  return seen ? false : null
}

/** The Base64 of each certificate, without line breaks: files differ in how they fold it. */
export function certificatesOf(pem: string): string[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)
  return [...blocks].map(([, body]) => body!.replace(/\s+/g, ''))
}

/** For a shell. */
export function commandText(args: string[]): string {
  return args.map(arg => (/^[\w./:=+-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`)).join(' ')
}
