// All checks of `pilotlight doctor`, in the order in which a person would look.

import { X509Certificate } from 'node:crypto'
import { defaults } from '../../contract/defaults.ts'
import { isLoopback } from '../../lib/network.ts'
import { CliError } from '../errors.ts'
import { bytes, duration } from '../format.ts'
import { findProgram } from '../system.ts'
import { findTrustStore, isTrusted } from '../trust-store.ts'
import { type Check, fail, ok, type Surroundings, skip, warn } from './check.ts'

/** The first Node that runs TypeScript as it is. */
const oldestNode = [22, 18] as const
/** A Postgres that runs out of space stops, so the word comes early. */
const disk = { warnBytes: 5e9, warnShare: 0.1, failBytes: 2.5e8 }
const caWarnMs = 30 * 86_400_000

const node: Check = {
  name: 'Node',
  look({ system }) {
    const [major = 0, minor = 0] = system.nodeVersion.split('.').map(Number)
    const newEnough = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])
    if (newEnough) return ok(system.nodeVersion)
    return fail(
      `${system.nodeVersion} is too old`,
      `Install Node ${oldestNode.join('.')} or newer (https://nodejs.org); \`npm start\` in a checkout brings its own.`,
    )
  },
}

const running: Check = {
  name: 'running',
  look({ place, machine, apiError, system }) {
    const { run, chosenUrl, dataDir } = place
    const start = 'Start it: `npm start` in a checkout, or `pilotlight up`.'
    if (machine) {
      if (run.state !== 'running' || chosenUrl !== undefined)
        return ok(`${machine.version} at ${chosenUrl ?? 'an API'}`)
      const { pid, startedAt, apiUrl } = run.runFile
      const up = duration(system.clock.now() - Date.parse(startedAt))
      return ok(`${machine.version}, pid ${pid}, up ${up}, API at ${apiUrl}`)
    }
    if (chosenUrl === undefined) {
      if (run.state === 'absent') return warn(`nothing runs with the data directory ${dataDir}`, start)
      if (run.state === 'stale') {
        return fail(
          `its process ${run.runFile.pid} ended without cleaning up`,
          `${start} The log is in ${dataDir}/log.`,
        )
      }
      if (run.state === 'unreadable') {
        return fail(
          `its run file cannot be read: ${run.reason}`,
          'Run this as the user that runs Pilotlight.',
        )
      }
    }
    const remedy = apiError instanceof CliError ? apiError.remedy : undefined
    return fail(apiError?.message ?? 'the API does not answer', remedy ?? `The log is in ${dataDir}/log.`)
  },
}

const proxies: Check = {
  name: 'proxies',
  look({ place: { run, chosenUrl }, machine }) {
    if (!machine) return skip
    const connected = machine.proxies_connected
    const wanted = run.state === 'running' && chosenUrl === undefined ? run.runFile.proxies : 1
    if (connected >= wanted) return ok(`${connected} connected`)
    const found = `${connected} of ${wanted} connected`
    const remedy = `See ${machine.data_dir}/log/proxy-*.log; a proxy that ended is started again by itself.`
    return connected === 0 ? fail(`${found}: nobody can connect to a database`, remedy) : warn(found, remedy)
  },
}

const hostNames: Check = {
  name: 'host names',
  async look({ system, machine, place }) {
    const suffix = hostSuffixOf({ machine, place })
    const host = `ep-doctor-00000000.${suffix}`
    const addresses = await system.lookup(host)
    const mine = system.ownAddresses()
    if (machine) mine.add(machine.pg_address)
    if (addresses.some(address => mine.has(address))) {
      if (machine && !machine.hosts_resolve) {
        return warn(
          `${host} resolves to ${addresses.join(', ')}, but did not when Pilotlight was started`,
          'Restart Pilotlight, so that its connection strings use host names.',
        )
      }
      return ok(`${host} resolves to ${addresses.join(', ')}`)
    }
    const found =
      addresses.length > 0
        ? `${host} resolves to ${addresses.join(', ')}, which is not this machine`
        : `${host} does not resolve`
    return warn(found, hostNamesRemedy(suffix, machine?.pg_address ?? defaults.listen, system.platform))
  },
}

function hostSuffixOf({ machine, place: { run } }: Pick<Surroundings, 'machine' | 'place'>): string {
  if (machine) return machine.host_suffix
  if (run.state === 'running' || run.state === 'stale') return run.runFile.hostSuffix
  return `${defaults.region}.${defaults.domain}`
}

function hostNamesRemedy(suffix: string, address: string, platform: string): string {
  const isLocalhost = suffix.endsWith('.localhost')
  return [
    'Meanwhile everything works with connection strings that name the endpoint in their options',
    '(options=endpoint%3D<endpoint>); `pilotlight connection-string` prints that form. To have host names, do one of:',
    ...(isLocalhost && platform === 'linux'
      ? [
          '- install libnss-myhostname (Debian, Ubuntu: apt-get install libnss-myhostname), or use systemd-resolved:',
          '  every name below .localhost then leads to this machine;',
        ]
      : []),
    `- add a line to /etc/hosts for each endpoint: ${address} <endpoint>.${suffix}`,
    isLocalhost
      ? '- use a domain of your own: a wildcard DNS record *.<region>.<domain> that leads here, and --domain <domain>.'
      : `- make a wildcard DNS record *.${suffix} that leads here.`,
    'Then restart Pilotlight.',
  ].join('\n')
}

const ports: Check = {
  name: 'ports',
  async look({ system, machine, place }) {
    if (place.chosenUrl !== undefined) return ok('those of another machine are its own')
    const usual = [
      { flag: 'pg-port', port: defaults.postgresPort, used: machine?.pg_port },
      { flag: 'api-port', port: defaults.apiPort, used: apiPortOf(place) },
    ]
    const moved: string[] = []
    for (const { flag, port, used } of usual) {
      if (used === port) continue
      const holder = await system.portHolder(port)
      if (holder === null) continue
      const instead = used === undefined ? 'the next free one will be taken' : `${used} is used instead`
      moved.push(`${port} (--${flag}) is taken by ${holder}; ${instead}`)
    }
    if (moved.length > 0) {
      return warn(
        moved.join('; '),
        'Stop what holds the port and restart Pilotlight, or choose a port with the flag.',
      )
    }
    const shown = usual.map(({ port, used }) => (used === undefined ? `${port} is free` : `${used} is ours`))
    return ok(shown.join(', '))
  },
}

function apiPortOf({ run }: Surroundings['place']): number | undefined {
  return run.state === 'running' ? run.runFile.apiPort : undefined
}

const copyOnWrite: Check = {
  name: 'copy-on-write',
  look({ machine, system }) {
    if (!machine) return skip
    const { cloning, cloning_reason: reason } = machine
    if (cloning !== 'copy') return ok(`${cloning}: ${reason}`)
    return warn(
      `${cloning}: ${reason}; each branch costs the full time and space of a copy`,
      system.platform === 'linux'
        ? 'Stop Pilotlight, then as root: pilotlight storage create --size 50G. Or move the data directory to XFS or btrfs.'
        : 'Put the data directory on a file system that can clone files (APFS): pilotlight up --data-dir <directory>.',
    )
  },
}

const computeBounds: Check = {
  name: 'compute sizes',
  look({ machine }) {
    if (!machine) return skip
    const why = machine.bounds_unavailable
    if (why === null) return ok('each compute is kept within its memory and processors by a cgroup')
    // Nothing is wrong with that on a laptop: everything works, and a greedy query may take what there is.
    return ok(`computes are not bounded: ${why}`)
  },
}

const diskSpace: Check = {
  name: 'disk space',
  async look({ system, machine, place }) {
    const { freeBytes, totalBytes } = machine
      ? { freeBytes: machine.disk_free_bytes, totalBytes: machine.disk_total_bytes }
      : await system.disk(place.dataDir)
    const share = totalBytes > 0 ? freeBytes / totalBytes : 0
    const found = `${bytes(freeBytes)} of ${bytes(totalBytes)} free (${Math.floor(share * 100)} %) for ${machine?.data_dir ?? place.dataDir}`
    const remedy =
      'Free space, delete projects that are not needed, or move the data directory to a larger disk.'
    if (freeBytes < disk.failBytes) return fail(found, remedy)
    return freeBytes < disk.warnBytes || share < disk.warnShare ? warn(found, remedy) : ok(found)
  },
}

const postgresBuilds: Check = {
  name: 'Postgres builds',
  look({ machine }) {
    if (!machine) return skip
    if (machine.postgres.length > 0) return ok(machine.postgres.map(build => build.id).join(', '))
    return fail(
      'none',
      'Run npm install again (with optional dependencies), or install Postgres with the system’s package manager; then restart.',
    )
  },
}

const postgresUser: Check = {
  name: 'Postgres user',
  look({ machine }) {
    if (!machine) return skip
    if (machine.postgres_user !== 'root') return ok(`Postgres runs as ${machine.postgres_user}`)
    return fail(
      'Postgres would run as root, which it refuses',
      'Make a user called postgres, then restart Pilotlight.',
    )
  },
}

const psql: Check = {
  name: 'psql',
  async look({ system, env, machine }) {
    const toolDirs = machine?.postgres.flatMap(build => build.client_tools ?? []) ?? []
    const found = await findProgram('psql', env, system, toolDirs)
    if (found) return ok(found)
    return warn(
      'there is none on this machine: `pilotlight psql` needs it',
      system.platform === 'darwin'
        ? 'Install it: brew install libpq && brew link --force libpq.'
        : 'Install it: apt-get install postgresql-client, dnf install postgresql, apk add postgresql-client.',
    )
  },
}

const apiReach: Check = {
  name: 'API',
  async look({ system, place: { run, chosenUrl } }) {
    if (chosenUrl !== undefined) {
      const { protocol, hostname } = new URL(chosenUrl)
      const isHere = hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''))
      if (protocol === 'https:' || isHere) return ok(`asked at ${chosenUrl}`)
      return warn(
        `${chosenUrl} is not encrypted: the key can be read on the way`,
        'Use its https:// address.',
      )
    }
    if (run.state !== 'running') return skip
    const { apiListen, apiUrl, httpsUrl, apiCertFile } = run.runFile
    if (!isLoopback(apiListen)) {
      return warn(
        `without TLS it listens on ${apiListen}: its keys can be read on the way`,
        `Start without --api-listen, and let other machines use ${httpsUrl}.`,
      )
    }
    if (apiCertFile !== null) {
      // Who asks may not be allowed to read it; the process that serves it says so in its log.
      const pem = await system.readText(apiCertFile).catch(() => undefined)
      const leftMs = pem ? msLeft(pem, system.clock.now()) : undefined
      const renew = 'Renew it; the new one is served without a restart.'
      if (pem === null) return warn(`there is no ${apiCertFile} any more`, renew)
      if (leftMs === null) return warn(`${apiCertFile} is no certificate`, renew)
      if (leftMs !== undefined && leftMs <= 0) return fail(`${apiCertFile} is no longer valid`, renew)
      if (leftMs !== undefined && leftMs < caWarnMs / 2)
        return warn(`${apiCertFile} is valid for ${duration(leftMs)} more`, renew)
    }
    return ok(`${apiUrl} on this machine only, ${httpsUrl}`)
  },
}

const certificates: Check = {
  name: 'certificates',
  async look({ system, machine, place: { run } }) {
    const caFile =
      machine?.ca_file ?? (run.state === 'running' || run.state === 'stale' ? run.runFile.caFile : undefined)
    if (caFile === undefined) return skip
    const restart = 'Restart Pilotlight: it makes a new one where there is none that is valid.'
    let pem: string | null
    try {
      pem = await system.readText(caFile)
    } catch (error) {
      return warn(
        `cannot read ${caFile}: ${(error as Error).message}`,
        'Run this as the user that runs Pilotlight.',
      )
    }
    if (pem === null) return warn(`there is no ${caFile} on this machine`, restart)
    const leftMs = msLeft(pem, system.clock.now())
    if (leftMs === null) return fail(`${caFile} is no certificate`, restart)
    if (leftMs <= 0) return fail(`${caFile} is no longer valid`, restart)
    if (leftMs < caWarnMs) return warn(`${caFile} is valid for ${duration(leftMs)} more`, restart)
    const trusted = await isTrusted(caFile, system)
    if (trusted) return ok(`this machine trusts ${caFile}`)
    const how = findTrustStore(system) ? '`pilotlight trust`, or ' : ''
    return warn(
      `this machine ${trusted === null ? 'may not trust' : 'does not trust'} ${caFile}: sslmode=require works, verify-full needs the file`,
      `${how}sslrootcert=${caFile} in the connection string.`,
    )
  },
}

function msLeft(pem: string, now: number): number | null {
  try {
    return Date.parse(new X509Certificate(pem).validTo) - now
  } catch {
    return null
  }
}

const logs: Check = {
  name: 'logs',
  look({ machine, place }) {
    const dataDir = machine?.data_dir ?? place.dataDir
    return ok(`${dataDir}/log; of a compute: ${dataDir}/computes/<endpoint>/postgres.log`)
  },
}

export const checks: Check[] = [
  node,
  running,
  proxies,
  hostNames,
  ports,
  apiReach,
  certificates,
  postgresBuilds,
  postgresUser,
  psql,
  copyOnWrite,
  computeBounds,
  diskSpace,
  logs,
]
