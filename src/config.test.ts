import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, type ConfigPlatform, type Flags, readConfig } from './config.ts'

const linux: ConfigPlatform = { uid: 1000, platform: 'linux', cwd: '/home/ada' }
const home = { HOME: '/home/ada' }

test('defaults', () => {
  const config = readConfig({}, home, linux)
  assert.equal(config.dataDir, '/home/ada/.local/share/pilotlight')
  assert.deepEqual(config.pgPort, { port: 5432, chosen: false })
  assert.equal(config.listen, '127.0.0.1')
  assert.equal(config.suspendAfterSeconds, 300)
  assert.equal(config.proxies, 2)
  assert.equal(config.databaseUrl, undefined)
  assert.equal(config.storage, 'auto')
  assert.equal(config.apiRateLimit, 700)
})

test('root keeps its data in /var/lib', () => {
  assert.equal(readConfig({}, { HOME: '/root' }, { ...linux, uid: 0 }).dataDir, '/var/lib/pilotlight')
})

test('a flag wins over the environment, which wins over the default', () => {
  const environment = { ...home, PILOTLIGHT_PG_PORT: '6000', PILOTLIGHT_REGION: 'attic' }
  assert.equal(readConfig({ pgPort: '7000' }, environment, linux).pgPort.port, 7000)
  assert.equal(readConfig({}, environment, linux).pgPort.port, 6000)
  assert.equal(readConfig({}, environment, linux).region, 'attic')
})

test('an empty variable counts as not set', () => {
  assert.equal(readConfig({}, { ...home, PILOTLIGHT_DATABASE_URL: '' }, linux).databaseUrl, undefined)
})

test('a relative data directory is taken from where the command was given', () => {
  assert.equal(readConfig({ dataDir: 'data' }, home, linux).dataDir, '/home/ada/data')
})

test('the API without TLS stays on this machine, unless it is told to go wider', () => {
  const listening = (flags: Flags) => {
    const { listen, apiListen } = readConfig(flags, home, linux)
    return [listen, apiListen]
  }
  assert.deepEqual(listening({}), ['127.0.0.1', '127.0.0.1'])
  assert.deepEqual(listening({ listen: '::1' }), ['::1', '::1'])
  assert.deepEqual(listening({ listen: '0.0.0.0' }), ['0.0.0.0', '127.0.0.1'])
  assert.deepEqual(listening({ apiListen: '192.0.2.7' }), ['127.0.0.1', '192.0.2.7'])
})

test('lists, and a certificate of one’s own', () => {
  const flags = { apiHostName: 'Console.Example.com, 192.0.2.7', trustedProxies: '127.0.0.1,10.0.0.0/8' }
  const config = readConfig({ ...flags, apiCert: 'api.crt', apiCertKey: '/etc/api.key' }, home, linux)
  assert.deepEqual(config.apiHostNames, ['console.example.com', '192.0.2.7'])
  assert.deepEqual(config.trustedProxies, ['127.0.0.1', '10.0.0.0/8'])
  assert.deepEqual(config.apiCertificate, { certFile: '/home/ada/api.crt', keyFile: '/etc/api.key' })
})

const wrong: [Flags, Record<string, string>, RegExp][] = [
  [{ apiRateLimit: '-1' }, {}, /--api-rate-limit: "-1" is not allowed. It takes a whole number from 0/],
  [
    { pgPort: '70000' },
    {},
    /^--pg-port: "70000" is not allowed\. It takes a whole number from 0 to 65535\.$/,
  ],
  [{ pgPort: '-1' }, {}, /^--pg-port/],
  [{ pgPort: '54 32' }, {}, /^--pg-port/],
  [{}, { PILOTLIGHT_API_PORT: 'http' }, /^environment variable PILOTLIGHT_API_PORT: "http"/],
  [{ listen: 'everywhere' }, {}, /^--listen: .*IP address/],
  [{ listen: '300.0.0.1' }, {}, /^--listen: .*IP address/],
  [{ apiListen: 'localhost' }, {}, /^--api-listen: .*IP address/],
  [{ apiHostName: 'a.example,,b.example' }, {}, /^--api-host-name: .*DNS names and IP addresses/],
  [{ apiHostName: '*.example.com' }, {}, /^--api-host-name/],
  [{ trustedProxies: '10.0.0.0/33' }, {}, /^--trusted-proxies: .*networks/],
  [{ apiCert: 'api.crt' }, {}, /^--api-cert and --api-cert-key belong together/],
  [{ domain: 'ex_ample.com' }, {}, /^--domain/],
  [{ region: 'eu.west' }, {}, /^--region/],
  [{ suspendAfter: '0' }, {}, /^--suspend-after: .*-1, or/],
  [{ suspendAfter: '604801' }, {}, /^--suspend-after/],
  [{ proxies: '0' }, {}, /^--proxies/],
  [{ storage: 'zfs' }, {}, /^--storage: "zfs" .*auto, btrfs, reflink, copy/],
  [{ logLevel: 'loud' }, {}, /^--log-level: .*debug, info, warn/],
  [{ databaseUrl: 'mysql://root:hunter2@db' }, {}, /^--database-url: the value is not allowed/],
]
for (const [flags, environment, message] of wrong) {
  test(`refused: ${JSON.stringify({ ...flags, ...environment })}`, () => {
    assert.throws(
      () => readConfig(flags, { ...home, ...environment }, linux),
      (error: unknown) =>
        error instanceof ConfigError && message.test(error.message) && !/hunter2/.test(error.message),
    )
  })
}

test('several proxies need a kernel that shares a port', () => {
  assert.equal(readConfig({}, home, { ...linux, platform: 'darwin' }).proxies, 1)
  assert.throws(() => readConfig({ proxies: '2' }, home, { ...linux, platform: 'darwin' }), ConfigError)
})
