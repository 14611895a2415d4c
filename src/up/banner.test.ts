import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from '../config.ts'
import type { RunFile } from '../contract/run-file.ts'
import { banner } from './banner.ts'

const runFile: RunFile = {
  ...{ version: '0.1.0', pid: 4711, startedAt: '2026-01-02T03:04:05Z', dataDir: '/data' },
  ...{ apiUrl: 'http://127.0.0.1:7070', apiPort: 7070, apiListen: '127.0.0.1' },
  ...{ httpsUrl: 'https://localhost:7443', httpsPort: 7443, apiCertFile: null },
  ...{ pgHost: '127.0.0.1', pgPort: 5432, domain: 'localhost', region: 'local' },
  ...{ hostSuffix: 'local.localhost', hostsResolve: true, caFile: '/data/tls/ca.crt' },
  ...{ apiKeyFile: '/data/run/api-key', proxies: 2 },
}

const shown = (flags: Parameters<typeof readConfig>[0], link?: string) =>
  banner(
    { runFile, storage: { cloning: 'reflink', reason: 'XFS' } },
    readConfig(flags, { HOME: '/home/ada' }, { uid: 1000, platform: 'linux', cwd: '/' }),
    link,
  )

test('both addresses of the API are named', () => {
  assert.match(shown({}), /http:\/\/127\.0\.0\.1:7070\/api\/v2.*\n.*https:\/\/localhost:7443\/api\/v2/)
})

test('a warning stands there only when keys can be read on the way', () => {
  for (const flags of [{}, { listen: '0.0.0.0' }, { listen: '::' }, { apiListen: '127.0.0.5' }])
    assert.doesNotMatch(shown(flags), /Warning/)
  assert.match(
    shown({ apiListen: '0.0.0.0' }),
    /Warning .*without TLS listens on 0\.0\.0\.0.*\n.*Leave out --api-listen.*https:\/\/localhost:7443/,
  )
})

test('the link to the console, or how to have one', () => {
  const link = 'http://127.0.0.1:7070/sign-in#pll_secret'
  assert.ok(shown({}, link).includes(`Console    ${link}`))
  assert.match(shown({}), /Console {4}http:\/\/127\.0\.0\.1:7070 .*pilotlight console/)
})
