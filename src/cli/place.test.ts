import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeSystem, give, machine, projectsReply, runFile, startStubApi } from './testing.ts'

const env = { HOME: '/home/ada' }
const dataDir = '/home/ada/.local/share/pilotlight'

test('without a run file: not running, and how to start it', async () => {
  const { code, stdout, stderr } = await give(['status'], { env })
  assert.equal(code, 3)
  assert.equal(stdout, '')
  assert.match(stderr, /not running with the data directory \/home\/ada\/\.local\/share\/pilotlight/)
  assert.match(stderr, /npm start.*pilotlight up/)
})

test('a run file whose process is gone is said to be left behind', async () => {
  const system = fakeSystem(
    { [`${dataDir}/run/pilotlight.json`]: JSON.stringify(runFile) },
    { isAlive: () => false },
  )
  const { code, stderr } = await give(['status'], { env, system })
  assert.equal(code, 3)
  assert.match(stderr, /its process 4711 is gone/)
})

test('a run file of a process that does not answer', async () => {
  const api = await startStubApi({})
  await api.close()
  const system = fakeSystem({
    [`${dataDir}/run/pilotlight.json`]: JSON.stringify({ ...runFile, apiUrl: api.url }),
    '/data/run/api-key': 'napi_local\n',
  })
  const { code, stderr } = await give(['status'], { env, system })
  assert.equal(code, 3)
  assert.match(stderr, new RegExp(`nothing answers at ${api.url}`))
  assert.match(stderr, /npm start/)
})

test('a user is told of the one that root started', async () => {
  const system = fakeSystem({ '/var/lib/pilotlight/run/pilotlight.json': '{}' })
  const { stderr } = await give(['status'], { env, system })
  assert.match(stderr, /add --data-dir \/var\/lib\/pilotlight/)
})

test('the run file names API and key', async () => {
  const api = await startStubApi({
    'GET /pilotlight/machine': { body: machine },
    'GET /projects': projectsReply(),
  })
  const system = fakeSystem({
    '/srv/light/run/pilotlight.json': JSON.stringify({ ...runFile, apiUrl: api.url }),
    '/data/run/api-key': 'napi_local\n',
  })
  for (const args of [
    ['--data-dir', '/srv/light'],
    ['--data-dir', '../../srv/light'],
  ]) {
    const { code, stdout } = await give(['status', ...args], { env, system })
    assert.equal(code, 0)
    assert.match(stdout, /is running, up 5 min \(pid 4711\)/)
  }
  const { code } = await give(['status'], { env: { ...env, PILOTLIGHT_DATA_DIR: '/srv/light' }, system })
  assert.equal(code, 0)
  assert.ok(api.requests.every(request => request.key === 'Bearer napi_local'))
  await api.close()
})

test('a flag wins over the environment; a file with the key over the key', async () => {
  const api = await startStubApi({ 'GET /projects': projectsReply() })
  const system = fakeSystem({ '/home/ada/key': 'napi_file' })
  const { code } = await give(
    ['projects', 'list', '--api-url', `${api.url}/api/v2/`, '--api-key-file', 'key'],
    { env: { PILOTLIGHT_API_URL: 'http://192.0.2.1', PILOTLIGHT_API_KEY: 'napi_env' }, system },
  )
  assert.equal(code, 0)
  assert.equal(api.requests[0]?.key, 'Bearer napi_file')
  await api.close()
})

test('a URL that is none, a key that is not there, a key that may not be read', async () => {
  const wrongUrl = await give(['status', '--api-url', 'localhost:7070'], { env })
  assert.equal(wrongUrl.code, 2)
  const noKey = await give(['status', '--api-url', 'http://127.0.0.1:1'], { env })
  assert.equal(noKey.code, 2)
  assert.match(noKey.stderr, /no API key in .*run\/api-key\n {2}Set PILOTLIGHT_API_KEY/)
  const system = fakeSystem(
    {},
    {
      readText: async path => {
        if (path.endsWith('.json')) return null
        throw new Error('EACCES: permission denied')
      },
    },
  )
  const denied = await give(['status', '--api-url', 'http://127.0.0.1:1'], { env, system })
  assert.equal(denied.code, 2)
  assert.match(denied.stderr, /permission denied\n {2}Run this as the user/)
})
