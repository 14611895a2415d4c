// What `up` prints when all is ready: what runs where, and what to do next.

import type { Config } from '../config.ts'
import { defaultDataDir } from '../contract/defaults.ts'
import { isLoopback } from '../lib/network.ts'
import type { Up } from './up.ts'

export function banner(
  { runFile: run, storage }: Pick<Up, 'runFile' | 'storage'>,
  config: Config,
  consoleLink: string | undefined,
): string {
  const idle = config.suspendAfterSeconds < 0 ? 'never' : `after ${config.suspendAfterSeconds} s without work`
  const hosts = run.hostsResolve
    ? `hosts <endpoint>.${run.hostSuffix}`
    : `host names do not resolve here: connection strings name the endpoint in options (see: pilotlight doctor)`
  const open = isLoopback(config.apiListen)
    ? []
    : [
        `  Warning    the API without TLS listens on ${config.apiListen}: its keys can be read on the way.`,
        `             Leave out --api-listen and let other machines use ${run.httpsUrl}.`,
      ]
  // The other commands look in the default place.
  const isDefault = config.dataDir === defaultDataDir(process.env, process.getuid?.())
  const elsewhere = isDefault ? [] : [`  export PILOTLIGHT_DATA_DIR=${config.dataDir}`]
  return [
    '',
    `Pilotlight ${run.version} is ready.`,
    '',
    `  Console    ${consoleLink ?? `${run.apiUrl} (sign in: pilotlight console)`}`,
    ...(consoleLink === undefined
      ? []
      : ['             (the link signs in once, within 15 minutes; `pilotlight console` prints another)']),
    `  Postgres   ${run.pgHost}:${run.pgPort}, TLS; ${hosts}`,
    `  API        ${run.apiUrl}/api/v2, key in ${run.apiKeyFile}`,
    `             ${run.httpsUrl}/api/v2, certificate of ${run.apiCertFile ?? 'the local authority (see: pilotlight trust)'}`,
    `  Data       ${run.dataDir}`,
    `  Branches   ${storage.cloning}: ${storage.reason}`,
    ...(storage.cloning === 'copy' && config.storage === 'auto' && process.platform === 'linux'
      ? ['             (quick ones that share bytes: stop, and see `pilotlight storage create --help`)']
      : []),
    `  Idle       databases are suspended ${idle}, and wake at the next connection`,
    ...open,
    '',
    'Next, in another shell:',
    '',
    ...elsewhere,
    `  npx pilotlight projects create --name shop`,
    `  npx pilotlight psql shop`,
    `  npx pilotlight doctor`,
    '',
  ].join('\n')
}
