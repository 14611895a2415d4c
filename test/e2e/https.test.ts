import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { systemClock } from '../../src/lib/clock.ts'
import { ensureLeaf } from '../../src/proxy/index.ts'
import { runProgram } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { mainScript, Pilotlight } from '../fixtures/pilotlight.ts'

describe('the API over HTTPS', () => {
  let pilotlight: Pilotlight
  let dir: string
  let ca: string
  const files = () => ({ certFile: join(dir, 'api.crt'), keyFile: join(dir, 'api.key') })

  /** As certbot would: first the one, then the other. */
  async function layCertificate(name: string): Promise<string> {
    const made = await ensureLeaf({
      dir: join(dir, name),
      file: 'leaf.pem',
      names: [name],
      clock: systemClock,
    })
    await writeFile(files().certFile, made.certPem)
    await writeFile(files().keyFile, made.keyPem)
    return made.caPem
  }

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pilotlight-https-'))
    await layCertificate('api.example.com')
    pilotlight = await Pilotlight.start({
      flags: [
        ...['--api-cert', files().certFile, '--api-cert-key', files().keyFile],
        ...['--api-host-name', 'console.example.com', '--trusted-proxies', '127.0.0.0/8'],
      ],
    })
    ca = await readFile(pilotlight.run.caFile, 'utf8')
  })
  after(async () => {
    await pilotlight?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  async function ask(
    path: string,
    options: { servername: string; ca: string; headers?: Record<string, string>; method?: string },
  ): Promise<{ status: number; text: string }> {
    const asked = request({
      host: '127.0.0.1',
      port: pilotlight.run.httpsPort,
      path,
      agent: false,
      ...options,
    })
    asked.end()
    const [answer] = await once(asked, 'response')
    return { status: answer.statusCode, text: (await answer.toArray()).join('') }
  }

  async function servedName(servername: string): Promise<string> {
    const socket: TLSSocket = tlsConnect({
      ...{ host: '127.0.0.1', port: pilotlight.run.httpsPort, servername, rejectUnauthorized: false },
    })
    await once(socket, 'secureConnect')
    const { subjectaltname } = socket.getPeerCertificate()
    socket.destroy()
    return subjectaltname ?? ''
  }

  const authorized = () => ({ Authorization: `Bearer ${pilotlight.apiKey}` })

  test('under the name of a setting, with our authority', async () => {
    const servername = 'console.example.com'
    const { status, text } = await ask('/api/v2/projects', { servername, ca, headers: authorized() })
    assert.equal(status, 200, text)
    assert.deepEqual((JSON.parse(text) as { projects: unknown[] }).projects, [])
    await assert.rejects(ask('/healthz', { servername: 'other.example.com', ca }))
  })

  test('without a key there is nothing but health and the description of the API', async () => {
    const where = { servername: 'localhost', ca }
    assert.equal((await ask('/healthz', where)).status, 200)
    for (const path of [
      '/api/v2/projects',
      '/api/v2/users/me',
      '/api/v2/pilotlight/machine',
      '/api/v2/pilotlight/audit',
    ])
      assert.equal((await ask(path, where)).status, 401, path)
    for (const path of ['/wake_compute?endpointish=ep-a', '/changes', '/get_endpoint_access_control'])
      assert.equal((await ask(path, where)).status, 404, `${path} is the proxies’ own`)
  })

  test('the operator’s certificate is served, and a new one within seconds', async () => {
    assert.match(await servedName('api.example.com'), /DNS:api\.example\.com/)
    const next = await layCertificate('next.example.com')
    await eventually(async () => (await servedName('next.example.com')).includes('next.example.com'), {
      timeoutMs: 30_000,
      about: () => 'the new certificate to be served',
    })
    const { status } = await ask('/healthz', { servername: 'next.example.com', ca: next })
    assert.equal(status, 200)
  })

  test('a control that was killed serves HTTPS again', async () => {
    const [control] = pilotlight.children('control-process')
    process.kill(control!, 'SIGKILL')
    await eventually(
      () =>
        ask('/healthz', { servername: 'localhost', ca }).then(
          ({ status }) => status === 200,
          () => false,
        ),
      { timeoutMs: 60_000, about: () => 'HTTPS to be served again' },
    )
  })

  test('a trusted proxy says for whom it asks', async () => {
    const headers = { ...authorized(), 'X-Forwarded-For': '203.0.113.9' }
    const where = { servername: 'localhost', ca, headers }
    await ask('/api/v2/projects/no-such-project', { ...where, method: 'DELETE' })
    const { text } = await ask('/api/v2/pilotlight/audit', where)
    const { entries } = JSON.parse(text) as { entries: { remote_address: string }[] }
    assert.ok(
      entries.some(entry => entry.remote_address === '203.0.113.9'),
      text,
    )
  })

  test('our command line talks HTTPS, and says what to do about an authority that it does not know', async () => {
    const args = ['projects', 'list', '--api-url', `https://localhost:${pilotlight.run.httpsPort}`]
    const env = { PILOTLIGHT_API_KEY: pilotlight.apiKey }
    const trusting = { ...env, NODE_EXTRA_CA_CERTS: pilotlight.run.caFile }
    const good = await runProgram(process.execPath, [mainScript, ...args], { env: trusting })
    assert.equal(good.code, 0, good.stderr)
    const bad = await runProgram(process.execPath, [mainScript, ...args], { env })
    assert.equal(bad.code, 1)
    assert.match(bad.stderr, /certificate of localhost:\d+ is not trusted.*NODE_EXTRA_CA_CERTS/s)
  })

  test('files that do not belong together are refused at the start', async () => {
    const other = await ensureLeaf({
      ...{ dir: join(dir, 'other'), file: 'leaf.pem', names: ['other.example.com'], clock: systemClock },
    })
    const wrongKey = join(dir, 'wrong.key')
    await writeFile(wrongKey, other.keyPem)
    const flags = [
      '--data-dir',
      join(dir, 'data'),
      '--api-cert',
      files().certFile,
      '--api-cert-key',
      wrongKey,
    ]
    const { code, stderr } = await runProgram(process.execPath, [mainScript, 'up', ...flags])
    assert.equal(code, 2)
    assert.match(stderr, /--api-cert: .*wrong\.key is not the key of the first certificate in .*api\.crt/)
  })
})
