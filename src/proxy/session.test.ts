// A whole proxy on a real socket with real TLS; only control and the compute are scripted.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PilotlightError } from '../contract/errors.ts'
import { systemClock } from '../lib/clock.ts'
import { createVerifier } from '../lib/scram-verifier.ts'
import { serializeFrontendMessage, serializeStartupPacket } from '../wire/index.ts'
import {
  certificates,
  errorOf,
  eventually,
  type FakeCompute,
  fakeCompute,
  hostSuffix,
  nextMessage,
  password,
  rawClient,
  type ScriptedPorts,
  sasl,
  scriptedPorts,
  secureClient,
  sslRequest,
  startup,
  type TestProxy,
  testProxy,
  untilSettled,
  verifier,
} from './testing.ts'
import { ensureCertificates } from './tls/authority.ts'

let compute: FakeCompute
let ports: ScriptedPorts
let server: TestProxy
before(async () => {
  compute = await fakeCompute()
  ports = scriptedPorts(async () => compute.address)
  // Some tests wait for it; the logins of all others are to be through by then, on a busy machine too.
  server = await testProxy(ports, { limits: { handshakeTimeoutMs: 1_000, maxConnections: 50 } })
})
after(async () => {
  await server.close()
  await compute.close()
})

/** The tests share one proxy, and run one after the other; each begins with nothing asked. */
async function fresh(): Promise<void> {
  await eventually('no session is left', () => server.proxy.sessions === 0)
  ports.calls.length = 0
  compute.startups.length = 0
  compute.cancels.length = 0
}
const servername = 'ep-a.local.localhost'
const user = { user: 'app', database: 'shop' }
const echo = Buffer.from('Q\0\0\0\x08hey\0')

test('a client meets its compute: authenticated first, then woken, then relayed', async () => {
  await fresh()
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, { ...user, IntervalStyle: 'iso_8601', application_name: 'test' })
  const messages = await sasl(client)
  assert.deepEqual(
    messages.map(message => message.name),
    ['AuthenticationSASLFinal', 'AuthenticationOk', 'ParameterStatus', 'BackendKeyData', 'ReadyForQuery'],
  )
  assert.deepEqual(ports.calls, ['access ep-a app', 'wake ep-a', 'opened ep-a'])
  assert.deepEqual(Object.fromEntries(compute.startups[0]!), {
    user: 'app',
    database: 'shop',
    application_name: 'test',
    client_encoding: 'UTF8',
  })
  client.write(echo)
  assert.deepEqual(await client.read(queue => queue.take(echo.length)), echo)
  client.socket.destroy()
  await eventually('the session is told closed', () => ports.calls.includes('closed ep-a'))
  await eventually('the compute is rid of it', () => compute.sockets.size === 0)
})

test('a renewed certificate is served to new clients; who is logging in goes on', async () => {
  await fresh()
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-renewed-'))
  const renewed = await ensureCertificates({ dir, hostSuffix, clock: systemClock })
  await rm(dir, { recursive: true })
  const early = await secureClient(server.proxy.port, { servername })
  server.proxy.renew(renewed)
  try {
    startup(early, user)
    assert.equal((await sasl(early)).at(-1)?.name, 'ReadyForQuery')
    early.socket.destroy()
    // Its authority is another one, which only this certificate can pass.
    await assert.rejects(secureClient(server.proxy.port, { servername }), /unable to verify/)
    const late = await secureClient(server.proxy.port, { servername, ca: renewed.caPem })
    startup(late, user)
    assert.equal((await sasl(late)).at(-1)?.name, 'ReadyForQuery')
    late.socket.destroy()
  } finally {
    server.proxy.renew(certificates)
  }
})

test('SSLRequest and ClientHello in one packet', async () => {
  await fresh()
  const { createConnection } = await import('node:net')
  const { connect } = await import('node:tls')
  const { Duplex } = await import('node:stream')
  // A stream that puts SSLRequest in front of the first bytes, and takes the S off the answer.
  const socket = createConnection({ port: server.proxy.port, host: '127.0.0.1' })
  let sent = false
  let answered = false
  const eager = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      socket.write(sent ? chunk : Buffer.concat([sslRequest, chunk]), () => done())
      sent = true
    },
  })
  socket.on('data', chunk => {
    eager.push(answered ? chunk : chunk.subarray(1))
    answered = true
  })
  const secure = connect({ socket: eager, rejectUnauthorized: false, servername })
  await new Promise(resolve => secure.once('secureConnect', resolve))
  socket.destroy()
})

const tlsWays: [string, { servername?: string; alpn?: string[]; direct?: boolean }][] = [
  ['direct TLS with ALPN', { direct: true, alpn: ['postgresql'] }],
  ['direct TLS without ALPN', { direct: true }],
  ['SSLRequest without SNI', {}],
]
for (const [name, options] of tlsWays)
  test(name, async () => {
    await fresh()
    const client = await secureClient(server.proxy.port, options)
    startup(client, { ...user, options: 'endpoint=ep-b neon_query_id:q1 -c geqo=off' })
    const messages = await sasl(client)
    const status = messages.filter(message => message.name === 'ParameterStatus')
    assert.deepEqual(
      status.map(message => message.parameter),
      [
        'server_version',
        'neon.testodrome_id',
        'neon.cplane_latency',
        'neon.client_latency',
        'neon.compute_latency',
        'neon.retry_latency',
        'pilotlight.started',
      ],
    )
    assert.match(status[2]!.value, /^\d+$/)
    assert.equal(compute.startups[0]!.get('options'), '-c geqo=off')
    assert.ok(ports.calls.includes('wake ep-b'))
    client.socket.destroy()
  })

test('a past moment: the role of now decides, and the compute of then lets the proxy in unasked', async () => {
  await fresh()
  compute.verifier = null
  try {
    const client = await secureClient(server.proxy.port, { servername: `br-a.${hostSuffix}` })
    startup(client, { ...user, options: 'neon_timestamp:2026-11-25T10:00:00Z' })
    assert.equal((await sasl(client)).at(-1)!.name, 'ReadyForQuery')
    assert.deepEqual(ports.calls.slice(0, 2), ['access br-a app', 'wake br-a timestamp:2026-11-25T10:00:00Z'])
    assert.equal(compute.startups[0]!.has('options'), false)
    client.socket.destroy()
    const stranger = await secureClient(server.proxy.port, { servername: `br-a.${hostSuffix}` })
    startup(stranger, { ...user, options: 'neon_timestamp:2026-11-25T10:00:00Z' })
    assert.equal(errorOf(await sasl(stranger, 'guess')).C, '28P01')
    assert.equal(ports.calls.filter(call => call.startsWith('wake')).length, 1)
  } finally {
    compute.verifier = verifier
  }
})

const badMoments: [string, string, RegExp][] = [
  ['neon_timestamp:yesterday', '22023', /moment 'yesterday' must be an RFC 3339 timestamp/],
  ['neon_lsn:banana', '22023', /moment 'banana' must be an LSN/],
  ['neon_lsn:0/1 neon_timestamp:2026-11-25T10:00:00Z', '22023', /cannot be given at the same time/],
]
for (const [options, sqlstate, text] of badMoments)
  test(`${options}: told before a password is asked for`, async () => {
    await fresh()
    const client = await secureClient(server.proxy.port, { servername: `ep-a.${hostSuffix}` })
    startup(client, { ...user, options })
    const error = errorOf([await nextMessage(client)])
    client.socket.destroy()
    assert.equal(error.S, 'FATAL')
    assert.equal(error.C, sqlstate)
    assert.match(error.M!, text)
    assert.match(error.H!, /.+/)
    assert.deepEqual(ports.calls, [])
  })

test('a moment out of reach: what control says, with a hint', async () => {
  await fresh()
  const { onWake } = ports
  ports.onWake = async () => {
    throw new PilotlightError('moment_out_of_window', { moment: 'm', branch: 'br-a', from: 'noon' })
  }
  const client = await secureClient(server.proxy.port, { servername: `ep-a.${hostSuffix}` })
  startup(client, { ...user, options: 'neon_lsn:0/1' })
  const error = errorOf(await sasl(client))
  ports.onWake = onWake
  assert.match(error.M!, /begins at noon/)
  assert.match(error.H!, /Choose a moment between that and now/)
})

test('ALPN without overlap fails the TLS handshake', async () => {
  await fresh()
  await assert.rejects(secureClient(server.proxy.port, { direct: true, alpn: ['h2'] }))
})

test('GSSENCRequest is refused once, and TLS may follow', async () => {
  await fresh()
  const client = rawClient(server.proxy.port)
  const gss = serializeStartupPacket({ name: 'GSSENCRequest' })
  client.write(gss)
  assert.equal(String(await client.read(queue => queue.take(1))), 'N')
  client.write(sslRequest)
  assert.equal(String(await client.read(queue => queue.take(1))), 'S')
  client.socket.destroy()
  const twice = rawClient(server.proxy.port)
  twice.write(Buffer.concat([gss, gss]))
  assert.equal(String(await twice.read(queue => queue.take(1))), 'N')
  await twice.gone
})

test('a StartupMessage in clear is told to use TLS, whatever its minor version', async () => {
  for (const minor of [0, 2]) {
    await fresh()
    const client = rawClient(server.proxy.port)
    startup(client, user, minor)
    const error = errorOf(await untilSettled(client))
    assert.deepEqual([error.S, error.V, error.C], ['FATAL', 'FATAL', '28000'])
    assert.equal(error.M, 'connection is insecure (try using `sslmode=require`)')
    await client.gone
    assert.deepEqual(ports.calls, [])
  }
})

test('protocol 3.2 and unknown extensions are negotiated down', async () => {
  await fresh()
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, { ...user, '_pq_.test': 'on' }, 2)
  assert.deepEqual(await nextMessage(client), {
    name: 'NegotiateProtocolVersion',
    minor: 0,
    unrecognized: ['_pq_.test'],
  })
  assert.equal((await sasl(client)).at(-1)?.name, 'ReadyForQuery')
  client.socket.destroy()
})

const rubbish: [string, Buffer][] = [
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['protocol 2', Buffer.from([0, 0, 0, 8, 0, 2, 0, 0])],
  [
    'a startup packet of ten megabytes',
    Buffer.concat([Buffer.from([0, 0x98, 0x96, 0x80]), Buffer.alloc(200_000)]),
  ],
  ['a startup packet that is no text', Buffer.from([0, 0, 0, 12, 0, 3, 0, 0, 0xff, 0, 0, 0])],
  ['half a ClientHello and silence', Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1])],
  ['a broken ClientHello', Buffer.concat([Buffer.from([0x16, 3, 1, 0, 50]), Buffer.alloc(50, 9)])],
  ['SSLRequest and rubbish', Buffer.concat([sslRequest, Buffer.alloc(100, 7)])],
  ['three bytes and silence', Buffer.from([0, 0, 0])],
  ['silence', Buffer.alloc(0)],
]
for (const [name, bytes] of rubbish)
  test(`closed without waking anybody: ${name}`, async () => {
    await fresh()
    const client = rawClient(server.proxy.port)
    client.write(bytes)
    await client.gone
    client.socket.destroy()
    await fresh()
    assert.deepEqual(ports.calls, [])
  })

test('SSLRequest inside TLS closes in silence', async () => {
  await fresh()
  const client = await secureClient(server.proxy.port, { servername })
  client.write(sslRequest)
  await assert.rejects(client.readFrame(100), /connection closed/)
})

const refusals: [string, Record<string, string>, { C: string; M: RegExp }][] = [
  ['no user', { database: 'x' }, { C: '28000', M: /Parameter 'user' is missing in startup packet\./ }],
  [
    'two endpoints',
    { ...user, options: 'endpoint=ep-b' },
    {
      C: '08004',
      M: /Inconsistent project name inferred from SNI \('ep-a'\) and project option \('ep-b'\)\./,
    },
  ],
]
for (const [name, parameters, expected] of refusals)
  test(`refused: ${name}`, async () => {
    await fresh()
    const client = await secureClient(server.proxy.port, { servername })
    startup(client, parameters)
    const error = errorOf(await untilSettled(client))
    assert.equal(error.C, expected.C)
    assert.match(error.M!, expected.M)
    assert.deepEqual(ports.calls, [])
  })

test('a malformed id is refused', async () => {
  await fresh()
  const client = await secureClient(server.proxy.port)
  startup(client, { ...user, options: 'endpoint=ep_a' })
  assert.match(errorOf(await untilSettled(client)).M!, /^Project name \('ep_a'\) must contain only/)
})

test('a wrong password and an unknown role read the same, and wake nobody', async () => {
  for (const [role, secret] of [
    ['app', 'wrong'],
    ['nobody', password],
  ] as const) {
    await fresh()
    const client = await secureClient(server.proxy.port, { servername })
    startup(client, { user: role })
    const error = errorOf(await sasl(client, secret))
    assert.deepEqual(error, {
      S: 'FATAL',
      V: 'FATAL',
      C: '28P01',
      M: `password authentication failed for user '${role}'`,
    })
    assert.ok(!ports.calls.some(call => call.startsWith('wake')))
    // The compute is asked whether it knows better.
    await eventually('refresh', () => ports.calls.includes(`refresh ep-a ${role}`))
  }
})

test('a password changed in SQL is known at the second attempt; a role made in SQL at the first', async () => {
  await fresh()
  ports.verifiers.set('changed', verifier)
  ports.refreshed.set('changed', await createVerifier('new', { iterations: 16 }))
  const first = await secureClient(server.proxy.port, { servername })
  startup(first, { user: 'changed' })
  assert.equal(errorOf(await sasl(first, 'new')).C, '28P01')
  await eventually('refreshed', () => ports.calls.includes('refresh ep-a changed'))
  compute.verifier = ports.refreshed.get('changed')!
  const second = await secureClient(server.proxy.port, { servername })
  startup(second, { user: 'changed' })
  assert.equal((await sasl(second, 'new')).at(-1)?.name, 'ReadyForQuery')
  second.socket.destroy()

  ports.refreshed.set('made', compute.verifier)
  const third = await secureClient(server.proxy.port, { servername })
  startup(third, { user: 'made' })
  assert.equal((await sasl(third, 'new')).at(-1)?.name, 'ReadyForQuery')
  third.socket.destroy()
  compute.verifier = verifier
})

const hacks: [string, string, string | null][] = [
  ['the endpoint in the password', `endpoint=ep-c;${password}`, null],
  ['the old word and the other separator', `project=ep-c$${password}`, null],
  ['a wrong password', 'endpoint=ep-c;wrong', '28P01'],
  ['no endpoint at all', password, '08004'],
]
for (const [name, payload, code] of hacks)
  test(`password hack: ${name}`, async () => {
    await fresh()
    const client = await secureClient(server.proxy.port)
    startup(client, user)
    assert.equal((await nextMessage(client)).name, 'AuthenticationCleartextPassword')
    client.write(serializeFrontendMessage({ name: 'PasswordMessage', password: payload }))
    const messages = await untilSettled(client)
    if (code === null) {
      assert.equal(messages.at(-1)?.name, 'ReadyForQuery')
      assert.ok(ports.calls.includes('wake ep-c'))
    } else {
      assert.equal(errorOf(messages).C, code)
      assert.ok(!ports.calls.some(call => call.startsWith('wake')))
    }
    client.socket.destroy()
  })

test("the compute's refusal reaches the client with all its fields", async () => {
  await fresh()
  compute.refusal = { severity: 'FATAL', code: '3D000', message: 'database "x" does not exist' }
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  const error = errorOf(await sasl(client))
  assert.deepEqual(error, {
    S: 'FATAL',
    V: 'FATAL',
    C: '3D000',
    M: 'database "x" does not exist',
    F: 'postinit.c',
  })
  compute.refusal = null
})

test('what control wants the client to read is passed on', async () => {
  await fresh()
  const { onWake } = ports
  ports.onWake = async () => {
    throw new PilotlightError('endpoint_disabled')
  }
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  const error = errorOf(await sasl(client))
  assert.equal(error.M, 'The endpoint has been disabled. Enable it using the API and retry.')
  assert.equal(error.H, 'Enable the endpoint.')
  ports.onWake = onWake
})

test('a client that leaves during the wake leaves nothing behind', async () => {
  await fresh()
  const { onWake } = ports
  const woken = Promise.withResolvers<void>()
  ports.onWake = async () => {
    await woken.promise
    return compute.address
  }
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  void sasl(client).catch(() => {})
  await eventually('waking', () => ports.calls.includes('wake ep-a'))
  client.socket.destroy()
  await eventually('the session is over before the wake is', () => server.proxy.sessions === 0)
  woken.resolve()
  await systemClock.sleep(20)
  assert.equal(compute.sockets.size, 0)
  assert.equal(compute.startups.length, 0)
  ports.onWake = onWake
})

test('a cancel request reaches the compute with its real key, in clear and over TLS', async () => {
  await fresh()
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  const key = (await sasl(client)).find(message => message.name === 'BackendKeyData')!
  const packet = serializeStartupPacket({
    name: 'CancelRequest',
    key: { processId: key.processId, secretKey: key.secretKey.readInt32BE(0) },
  })
  for (const open of [async () => rawClient(server.proxy.port), () => secureClient(server.proxy.port)]) {
    compute.cancels.length = 0
    const canceller = await open()
    canceller.write(packet)
    await canceller.gone
    canceller.socket.destroy()
    assert.deepEqual(compute.cancels, [{ processId: 4711, secretKey: 0x01020304 }])
  }
  compute.cancels.length = 0
  const stranger = rawClient(server.proxy.port)
  stranger.write(
    serializeStartupPacket({ name: 'CancelRequest', key: { processId: key.processId, secretKey: 1 } }),
  )
  await stranger.gone
  stranger.socket.destroy()
  assert.deepEqual(compute.cancels, [])
  client.socket.destroy()
})

test('a cancel request that lands on a sibling is handed over', async () => {
  await fresh()
  const sibling = await testProxy(ports, { index: 1, runDir: server.runDir })
  try {
    const client = await secureClient(server.proxy.port, { servername })
    startup(client, user)
    const key = (await sasl(client)).find(message => message.name === 'BackendKeyData')!
    const canceller = rawClient(sibling.proxy.port)
    canceller.write(
      serializeStartupPacket({
        name: 'CancelRequest',
        key: { processId: key.processId, secretKey: key.secretKey.readInt32BE(0) },
      }),
    )
    await canceller.gone
    canceller.socket.destroy()
    assert.deepEqual(compute.cancels, [{ processId: 4711, secretKey: 0x01020304 }])
    client.socket.destroy()
  } finally {
    await sibling.close()
  }
})

test('work for a client that broke off is cancelled; a goodbye is not taken for one', async () => {
  const { onSession } = compute
  let arrived = 0
  compute.onSession = socket => {
    socket.on('data', () => arrived++)
    socket.on('end', () => socket.end())
    socket.resume()
  }
  for (const [last, cancels] of [
    [echo, 1],
    [Buffer.from([0x58, 0, 0, 0, 4]), 0],
  ] as const) {
    await fresh()
    const client = await secureClient(server.proxy.port, { servername })
    startup(client, user)
    await sasl(client)
    arrived = 0
    client.write(last)
    await eventually('the compute has it', () => arrived > 0)
    client.socket.destroy()

    await eventually('the session is over', () => server.proxy.sessions === 0)
    await eventually('cancel requests', () => compute.cancels.length === cancels)
  }
  compute.onSession = onSession
})

test('the last words of a compute reach the client before the close', async () => {
  await fresh()
  const { onSession } = compute
  const words = Buffer.concat([Buffer.from('E\0\0\0\x0dC57P01\0\0\0'), Buffer.alloc(300_000, 1)])
  compute.onSession = socket => void socket.end(words)
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  await sasl(client)
  assert.deepEqual(await client.read(queue => queue.take(words.length)), words)
  await client.gone
  client.socket.destroy()
  compute.onSession = onSession
})

test('a client that does not read stops the compute from writing, and loses nothing', async () => {
  await fresh()
  const { onSession } = compute
  const total = 64 * 1024 * 1024
  let written = 0
  compute.onSession = socket => {
    const chunk = Buffer.alloc(65_536, 5)
    const more = () => {
      while (written < total) {
        written += chunk.length
        if (!socket.write(chunk)) return
      }
      socket.end()
    }
    socket.on('drain', more)
    more()
  }
  const client = await secureClient(server.proxy.port, { servername })
  startup(client, user)
  await sasl(client)
  client.release()
  const { socket } = client
  await systemClock.sleep(200)
  assert.ok(written < total / 2, `the compute could write ${written} bytes ahead`)
  let read = 0
  socket.on('data', chunk => {
    read += chunk.length
  })
  socket.resume()
  await new Promise(resolve => socket.once('end', resolve))
  assert.equal(read, total)
  socket.destroy()
  compute.onSession = onSession
})

test('beyond the cap a client is told 53300', async () => {
  await fresh()
  const small = await testProxy(ports, { limits: { maxConnections: 1 } })
  try {
    const first = await secureClient(small.proxy.port, { servername })
    const second = await secureClient(small.proxy.port, { servername })
    startup(second, user)
    assert.equal(errorOf(await untilSettled(second)).C, '53300')
    await second.gone
    first.socket.destroy()
    second.socket.destroy()
  } finally {
    await small.close()
  }
})

test('drain takes no more clients, waits for those there are, and ends them after the grace', async () => {
  await fresh()
  const other = await testProxy(ports)
  const client = await secureClient(other.proxy.port, { servername })
  const { onSession } = compute
  compute.onSession = socket => {
    socket.on('data', () => socket.write(Buffer.from('Z\0\0\0\x05I')))
    socket.on('end', () => socket.end())
    socket.resume()
  }
  startup(client, user)
  await sasl(client)
  const drained = other.proxy.drain({ graceMs: 1_000 })
  await assert.rejects(secureClient(other.proxy.port))
  client.write(echo)
  assert.equal((await nextMessage(client)).name, 'ReadyForQuery')
  assert.equal(errorOf(await untilSettled(client)).C, '57P01')
  await drained
  compute.onSession = onSession
  await client.gone
  assert.equal(other.proxy.sessions, 0)
  client.socket.destroy()
  await other.close()
})
