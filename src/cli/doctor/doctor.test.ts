import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listenersOn } from '../port-holder.ts'
import { fakeSystem, give, giveTo, machine, runFile } from '../testing.ts'
import type { Outcome, Surroundings } from './check.ts'
import { runChecks } from './doctor.ts'

const well: Surroundings = {
  system: fakeSystem({}, { isExecutable: async path => path === '/bin/psql' }),
  env: { PATH: '/usr/bin:/bin' },
  place: { dataDir: '/data', run: { state: 'running', runFile }, chosenUrl: undefined },
  machine,
  apiError: undefined,
}
const off: Surroundings = {
  ...well,
  place: { ...well.place, run: { state: 'absent' } },
  machine: undefined,
  apiError: new Error('not running'),
}
const withSystem = (more: Partial<Surroundings['system']>): Surroundings => ({
  ...well,
  system: { ...well.system, ...more },
})
const withMachine = (more: Partial<typeof machine>): Surroundings => ({
  ...well,
  machine: { ...machine, ...more },
})

const withRun = (more: Partial<typeof runFile>): Surroundings => ({
  ...well,
  place: { ...well.place, run: { state: 'running', runFile: { ...runFile, ...more } } },
})

const cases: [string, Surroundings, string, Outcome, RegExp][] = [
  ['a current Node', well, 'Node', 'ok', /24\.0\.0/],
  ['an old Node', withSystem({ nodeVersion: '22.17.1' }), 'Node', 'fail', /22\.18/],
  ['it runs', well, 'running', 'ok', /0\.1\.0, pid 4711, up 5 min/],
  ['it was not started', off, 'running', 'warn', /npm start/],
  [
    'it was killed',
    { ...off, place: { ...off.place, run: { state: 'stale', runFile } } },
    'running',
    'fail',
    /4711 ended without cleaning up.*\/data\/log/s,
  ],
  [
    'it does not answer',
    { ...well, machine: undefined, apiError: new Error('nothing answers') },
    'running',
    'fail',
    /nothing answers/,
  ],
  ['all proxies', well, 'proxies', 'ok', /2 connected/],
  ['a proxy is missing', withMachine({ proxies_connected: 1 }), 'proxies', 'warn', /1 of 2/],
  ['no proxy', withMachine({ proxies_connected: 0 }), 'proxies', 'fail', /nobody can connect/],
  ['names lead here', well, 'host names', 'ok', /ep-doctor-00000000\.local\.localhost resolves to 127/],
  [
    'names do not resolve',
    withSystem({ lookup: async () => [] }),
    'host names',
    'warn',
    /options=endpoint%3D.*libnss-myhostname.*\/etc\/hosts.*--domain/s,
  ],
  [
    'names of an own domain',
    { ...withSystem({ lookup: async () => [] }), machine: { ...machine, host_suffix: 'local.db.example' } },
    'host names',
    'warn',
    /wildcard DNS record \*\.local\.db\.example/,
  ],
  [
    'names lead elsewhere',
    withSystem({ lookup: async () => ['192.0.2.7'] }),
    'host names',
    'warn',
    /192\.0\.2\.7/,
  ],
  ['names resolve since', withMachine({ hosts_resolve: false }), 'host names', 'warn', /Restart/],
  [
    'the API stays here',
    well,
    'API',
    'ok',
    /127\.0\.0\.1:7070 on this machine only, https:\/\/localhost:7443/,
  ],
  [
    'the API goes wider without TLS',
    withRun({ apiListen: '0.0.0.0' }),
    'API',
    'warn',
    /listens on 0\.0\.0\.0.*without --api-listen.*https:\/\/localhost:7443/s,
  ],
  [
    'the operator’s certificate is gone',
    withRun({ apiCertFile: '/etc/api.crt' }),
    'API',
    'warn',
    /no \/etc\/api\.crt/,
  ],
  [
    'another machine without TLS',
    { ...well, place: { ...well.place, chosenUrl: 'http://db.example:7070' } },
    'API',
    'warn',
    /key can be read/,
  ],
  [
    'this machine by IPv6',
    { ...well, place: { ...well.place, chosenUrl: 'http://[::1]:7070' } },
    'API',
    'ok',
    /\[::1\]/,
  ],
  [
    'another machine over TLS',
    { ...well, place: { ...well.place, chosenUrl: 'https://db.example' } },
    'API',
    'ok',
    /https:\/\/db\.example/,
  ],
  ['the usual ports', well, 'ports', 'ok', /5432 is ours, 7070 is ours/],
  [
    'a port was taken',
    { ...withSystem({ portHolder: async () => 'postgres (pid 9)' }), machine: { ...machine, pg_port: 5433 } },
    'ports',
    'warn',
    /5432 \(--pg-port\) is taken by postgres \(pid 9\); 5433 is used instead/,
  ],
  ['free ports', off, 'ports', 'ok', /5432 is free, 7070 is free/],
  ['copy-on-write', well, 'copy-on-write', 'ok', /reflink: the file system of \/data can clone files/],
  [
    'no copy-on-write',
    withMachine({ cloning: 'copy', cloning_reason: 'the file system of /data cannot clone files' }),
    'copy-on-write',
    'warn',
    /copy: the file system .* cannot clone files.*pilotlight storage create --size 50G.*XFS or btrfs/s,
  ],
  [
    'no copy-on-write on a Mac',
    { ...withMachine({ cloning: 'copy' }), system: { ...well.system, platform: 'darwin' } },
    'copy-on-write',
    'warn',
    /APFS/,
  ],
  ['sizes that are kept', well, 'compute sizes', 'ok', /kept within/],
  [
    'sizes that are not kept',
    withMachine({ bounds_unavailable: 'cgroup v2 is not mounted at /sys/fs/cgroup' }),
    'compute sizes',
    'ok',
    /not bounded: cgroup v2 is not mounted/,
  ],
  ['space', well, 'disk space', 'ok', /50\.0 GB of 100 GB free \(50 %\)/],
  [
    'little space',
    withMachine({ disk_free_bytes: 4e9, disk_total_bytes: 5e9 }),
    'disk space',
    'warn',
    /4\.0 GB/,
  ],
  ['a small share', withMachine({ disk_free_bytes: 9e9 }), 'disk space', 'warn', /9 %/],
  ['no space', withMachine({ disk_free_bytes: 1e8 }), 'disk space', 'fail', /100 MB/],
  ['builds', well, 'Postgres builds', 'ok', /17\.5-embedded/],
  ['no build', withMachine({ postgres: [] }), 'Postgres builds', 'fail', /npm install/],
  ['its user', well, 'Postgres user', 'ok', /ada/],
  ['root', withMachine({ postgres_user: 'root' }), 'Postgres user', 'fail', /refuses/],
  ['psql', well, 'psql', 'ok', /^\/bin\/psql$/],
  ['no psql', withSystem({ isExecutable: async () => false }), 'psql', 'warn', /postgresql-client/],
  ['no certificate', well, 'certificates', 'warn', /there is no \/data\/tls\/ca\.pem/],
  ['a broken one', withSystem({ readText: async () => 'x' }), 'certificates', 'fail', /is no certificate/],
  ['unknown while off', off, 'copy-on-write', 'skip', /while Pilotlight runs/],
]

for (const [title, around, name, outcome, text] of cases) {
  test(`${name}: ${title}`, async () => {
    const finding = (await runChecks(around)).find(candidate => candidate.name === name)
    assert.equal(finding?.outcome, outcome)
    assert.match(`${finding.found}\n${finding.remedy ?? ''}`.trim(), text)
  })
}

test('a check that throws is a finding', async () => {
  const [finding] = await runChecks(well, [
    {
      name: 'x',
      look: () => {
        throw new Error('no /proc')
      },
    },
  ])
  assert.equal(finding?.outcome, 'warn')
  assert.match(finding.found, /no \/proc/)
})

test('warnings end with 0, failures with 1', async () => {
  const warned = await give(['doctor'], { env: { HOME: '/home/ada' } })
  assert.equal(warned.code, 0)
  assert.match(warned.stdout, /warn {2}running/)
  const failed = await give(['doctor', '--json'], { system: fakeSystem({}, { nodeVersion: '20.0.0' }) })
  assert.equal(failed.code, 1)
  assert.equal(JSON.parse(failed.stdout)[0].outcome, 'fail')
})

test('with a machine of one’s own choosing', async () => {
  const { code, stdout } = await giveTo({ 'GET /pilotlight/machine': { body: machine } }, ['doctor'])
  assert.equal(code, 0)
  assert.match(stdout, /ok +running +0\.1\.0 at http/)
})

test('listening sockets in /proc/net/tcp', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0 100 0 0 10 0
   1: 0100007F:1538 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 4343 1 0 100 0 0 10 0
   2: 00000000:1B9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4444 1 0 100 0 0 10 0
`
  assert.deepEqual(listenersOn(table, 5432), ['4242'])
  assert.deepEqual(listenersOn(table, 7070), ['4444'])
  assert.deepEqual(listenersOn(table, 80), [])
})
