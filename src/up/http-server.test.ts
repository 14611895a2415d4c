import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { request } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { systemClock } from '../lib/clock.ts'
import { silentLogger as logger } from '../lib/logger.ts'
import { ensureLeaf } from '../proxy/index.ts'
import { ApiCertificate, apiLeafFile } from './api-certificate.ts'
import {
  closeHttpServer,
  createHttpServer,
  defaultHttpLimits,
  type HttpLimits,
  listen,
} from './http-server.ts'

/** Short enough for a test, in the order of the real ones. */
const quick: HttpLimits = {
  ...defaultHttpLimits,
  headersTimeoutMs: 300,
  requestTimeoutMs: 600,
  handshakeTimeoutMs: 300,
  idleTimeoutMs: 300,
  checkEveryMs: 50,
}
/** Where somebody else is to come to the point meanwhile, on a busy machine too. */
const patient: HttpLimits = {
  ...quick,
  headersTimeoutMs: 1_000,
  requestTimeoutMs: 1_500,
  idleTimeoutMs: 1_000,
}
const hello = () => new Response('hello')

async function serving(server: Server, work: (port: number) => Promise<void>): Promise<void> {
  await listen(server, { host: '127.0.0.1', port: 0 })
  try {
    await work((server.address() as AddressInfo).port)
  } finally {
    await closeHttpServer(server)
  }
}

/** Everything that comes until the server ends the connection. */
async function untilClosed(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  socket.on('error', () => {})
  // Not once(): a connection that is reset has ended too, and its last words may be lost.
  await new Promise(resolve => socket.on('close', resolve))
  return text
}

const certificateOf = async (dir: string, name: string) =>
  ensureLeaf({ dir, file: apiLeafFile, names: [name, 'localhost', '127.0.0.1'], clock: systemClock })

interface Place {
  port: number
  own: string
  given: { certFile: string; keyFile: string }
  lay(name: string): Promise<void>
  look: ApiCertificate
  fetch(servername: string): Promise<string>
  names(servername: string | undefined): Promise<string>
}

/** HTTPS with a certificate of ours for pilotlight.test, and the operator's for what `given` says. */
async function withTls(
  given: string | undefined,
  work: (place: Place) => Promise<void>,
  limits: HttpLimits = defaultHttpLimits,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-https-'))
  const files = { certFile: join(dir, 'given.crt'), keyFile: join(dir, 'given.key') }
  const lay = async (name: string) => {
    const { certPem, keyPem } = await certificateOf(join(dir, `ca-${name}`), name)
    await writeFile(files.certFile, certPem)
    await writeFile(files.keyFile, keyPem)
  }
  const own = await certificateOf(join(dir, 'tls'), 'pilotlight.test')
  if (given !== undefined) await lay(given)
  const certificate = await ApiCertificate.open({
    tlsDir: join(dir, 'tls'),
    given: given === undefined ? undefined : files,
    clock: systemClock,
    logger,
  })
  try {
    await serving(createHttpServer(hello, certificate, limits), async port => {
      await work({
        port,
        own: join(dir, 'tls'),
        given: files,
        lay,
        look: certificate,
        async fetch(servername) {
          const asked = request({ port, servername, ca: own.caPem, agent: false })
          asked.end()
          const [answer] = await once(asked, 'response')
          return (await answer.toArray()).join('')
        },
        async names(servername) {
          const socket: TLSSocket = connectTls({
            port,
            rejectUnauthorized: false,
            ...(servername !== undefined && { servername }),
          })
          await once(socket, 'secureConnect')
          const { subject } = socket.getPeerCertificate()
          socket.destroy()
          return String(subject.CN)
        },
      })
    })
  } finally {
    certificate.close()
    await rm(dir, { recursive: true })
  }
}

test('HTTPS with the certificate of our authority', () =>
  withTls(undefined, async ({ fetch, names }) => {
    assert.equal(await fetch('pilotlight.test'), 'hello')
    assert.equal(await fetch('localhost'), 'hello')
    assert.equal(await names(undefined), 'pilotlight.test')
    await assert.rejects(fetch('stranger.test'), /altnames/)
  }))

test('the operator’s certificate is served, and ours for the names that only it has', () =>
  withTls('given.test', async ({ names }) => {
    assert.equal(await names('given.test'), 'given.test')
    assert.equal(await names('pilotlight.test'), 'pilotlight.test')
    assert.equal(await names('localhost'), 'given.test', 'both have it')
    assert.equal(await names('stranger.test'), 'given.test')
    assert.equal(await names(undefined), 'given.test')
  }))

test('changed files are served without a restart; a half done change is not', () =>
  withTls('given.test', async ({ given, lay, look, own, names }) => {
    await lay('renewed.test')
    await look.look()
    assert.equal(await names('renewed.test'), 'renewed.test')
    assert.equal(await names(undefined), 'renewed.test', 'the one by default too')

    const other = await certificateOf(join(own, '..', 'other'), 'other.test')
    await writeFile(given.certFile, other.certPem)
    await look.look()
    assert.equal(await names(undefined), 'renewed.test', 'certificate and key do not belong together')
    await writeFile(given.keyFile, other.keyPem)
    await look.look()
    assert.equal(await names(undefined), 'other.test')

    await rm(given.certFile)
    await look.look()
    assert.equal(await names(undefined), 'other.test', 'what was there goes on being served')

    const next = await certificateOf(join(own, '..', 'next'), 'next.test')
    await writeFile(join(own, 'draft'), next.keyPem + next.certPem)
    await rename(join(own, 'draft'), join(own, apiLeafFile))
    await look.look()
    assert.equal(await names('next.test'), 'next.test', 'ours, renewed')
  }))

test('an operator’s certificate that cannot be read does not keep HTTPS from starting', () =>
  withTls('given.test', async ({ given, own, names }) => {
    await writeFile(given.certFile, 'rubbish')
    const certificate = await ApiCertificate.open({ tlsDir: own, given, clock: systemClock, logger })
    certificate.close()
    await serving(createHttpServer(hello, certificate), async port => {
      const socket = connectTls({ port, rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      assert.equal(socket.getPeerCertificate().subject.CN, 'pilotlight.test')
      socket.destroy()
    })
    assert.equal(await names(undefined), 'given.test')
  }))

test('one connection serves many requests, and is ended when it is idle', () =>
  serving(createHttpServer(hello, undefined, patient), async port => {
    const socket = connect(port)
    const closed = untilClosed(socket)
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(socket, 'data')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    assert.equal((await closed).match(/hello/g)?.length, 2)
  }))

for (const [name, drop] of [
  ['headers that never end', 'X'],
  ['nothing at all', ''],
] as const) {
  test(`slow clients are ended, others are served meanwhile: ${name}`, () =>
    serving(createHttpServer(hello, undefined, patient), async port => {
      const slow = Array.from({ length: 50 }, () => {
        const socket = connect(port)
        if (drop) socket.write('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ')
        const drip = setInterval(() => drop && socket.writable && socket.write(drop), 50)
        return untilClosed(socket).finally(() => clearInterval(drip))
      })
      assert.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'hello')
      for (const text of await Promise.all(slow)) assert.match(text, /^$|^HTTP\/1\.1 408 /)
    }))
}

test('a body that never ends is given up', () => {
  const read = async (incoming: Request) => new Response(await incoming.text())
  return serving(createHttpServer(read, undefined, quick), async port => {
    const socket = connect(port)
    const closed = untilClosed(socket)
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n')
    const drip = setInterval(() => socket.writable && socket.write('x'), 50)
    await closed
    clearInterval(drip)
  })
})

test('a TLS handshake that never ends is given up, and so is one that is none', () =>
  withTls(
    undefined,
    async ({ port }) => {
      await untilClosed(connect(port))
      const plain = connect(port)
      plain.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      assert.doesNotMatch(await untilClosed(plain), /hello/)
    },
    quick,
  ))

test('beyond the bound connections are dropped, and there is room again when one ends', () =>
  serving(
    createHttpServer(hello, undefined, {
      ...quick,
      maxConnections: 3,
      headersTimeoutMs: 5000,
      requestTimeoutMs: 5000,
    }),
    async port => {
      const held = await Promise.all(
        [1, 2, 3].map(async () => {
          const socket = connect(port)
          await once(socket, 'connect')
          return socket
        }),
      )
      assert.equal(await untilClosed(connect(port)), '')
      held[0]?.destroy()
      // The server hears of the end a moment later.
      let text = ''
      while (text === '') {
        text = await fetch(`http://127.0.0.1:${port}/`).then(
          answer => answer.text(),
          () => '',
        )
      }
      assert.equal(text, 'hello')
      for (const socket of held) socket.destroy()
    },
  ))

test('a stop answers what is under way, and takes no more', async () => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: answer, resolve: finish } = Promise.withResolvers<Response>()
  const server = createHttpServer(() => {
    ask()
    return answer
  })
  await listen(server, { host: '127.0.0.1', port: 0 })
  const { port } = server.address() as AddressInfo
  const reply = fetch(`http://127.0.0.1:${port}/`)
  await asked
  const closed = closeHttpServer(server)
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`))
  finish(new Response('late'))
  assert.equal(await (await reply).text(), 'late')
  await closed
})
