// What strangers send to the Postgres port. Each gets its answer or a closed door, nothing is woken, nothing is left.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { connect as tlsConnect } from 'node:tls'
import { query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const gssRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 48])

function startup(parameters: Record<string, string>, version = 196608): Buffer {
  const body = Buffer.from(
    `${Object.entries(parameters)
      .map(([name, value]) => `${name}\0${value}\0`)
      .join('')}\0`,
  )
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + body.length, 0)
  head.writeInt32BE(version, 4)
  return Buffer.concat([head, body])
}

describe('bad input on the Postgres port', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  let proxies: number[]
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject()
    await pilotlight.suspend(project)
    proxies = pilotlight.children('proxy-process')
  })
  after(() => pilotlight.stop())

  const tcp = (): Socket => createConnection(pilotlight.run.pgPort, '127.0.0.1').on('error', () => {})

  /** Sends the pieces, and collects what comes until the other side closes. */
  async function exchange(pieces: (Buffer | string)[], socket: Socket = tcp()): Promise<Buffer> {
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    const closed = new Promise<void>(resolve => socket.on('close', () => resolve()))
    for (const piece of pieces) socket.write(piece)
    await closed
    return Buffer.concat(chunks)
  }

  async function tls(servername = project.host): Promise<Socket> {
    const socket = tcp()
    socket.write(sslRequest)
    await new Promise(resolve => socket.once('data', resolve))
    const secured = tlsConnect({ socket, servername, rejectUnauthorized: false })
    secured.on('error', () => {})
    await new Promise(resolve => secured.once('secureConnect', resolve))
    return secured
  }

  /** The fields of an ErrorResponse. */
  function errorOf(bytes: Buffer): Record<string, string> {
    const at = bytes.indexOf('E')
    assert.ok(at >= 0, `no ErrorResponse in ${bytes.toString('latin1')}`)
    const fields = bytes.subarray(at + 5, at + 1 + bytes.readInt32BE(at + 1)).toString()
    return Object.fromEntries(
      fields
        .split('\0')
        .filter(Boolean)
        .map(field => [field[0]!, field.slice(1)]),
    )
  }

  const silentlyClosed: [string, () => Promise<Buffer>][] = [
    ['rubbish', () => exchange([randomBytes(4096).fill(0x47, 0, 1)])],
    ['an HTTP request', () => exchange(['GET / HTTP/1.1\r\nHost: x\r\n\r\n'])],
    [
      'a startup packet of 10 MB',
      () => exchange([Buffer.from([0, 0x98, 0x96, 0x80]), Buffer.alloc(10_000_000, 1)]),
    ],
    ['a startup packet of length 0', () => exchange([Buffer.alloc(8)])],
    ['a negative length', () => exchange([Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 3, 0, 0])])],
    [
      'rubbish that begins like TLS',
      () => exchange([Buffer.concat([Buffer.from([0x16, 3, 1]), randomBytes(500)])]),
    ],
  ]
  for (const [name, send] of silentlyClosed) {
    test(`${name}: the door closes`, async () => {
      const bytes = await send()
      assert.ok(bytes.length < 200, 'hardly anything is said to a stranger')
    })
  }

  test('half a ClientHello, then silence: the door stays shut for others no longer than for anybody', async () => {
    const socket = tcp()
    socket.write(Buffer.concat([sslRequest, Buffer.from([0x16, 3, 1, 2, 0, 1])]))
    const [row] = await query<{ n: number }>(pilotlight, project, 'select 1 as n')
    assert.equal(row?.n, 1)
    socket.destroy()
    await pilotlight.suspend(project)
  })

  test('GSSENCRequest is declined, then TLS is offered', async () => {
    const socket = tcp()
    socket.write(gssRequest)
    const [first] = (await new Promise<Buffer>(resolve => socket.once('data', resolve))).toString()
    assert.equal(first, 'N')
    socket.write(sslRequest)
    const [second] = (await new Promise<Buffer>(resolve => socket.once('data', resolve))).toString()
    assert.equal(second, 'S')
    socket.destroy()
  })

  test('no user', async () => {
    const answer = errorOf(await exchange([startup({ database: 'neondb' })], await tls()))
    assert.equal(answer.M, `Parameter 'user' is missing in startup packet.`)
    assert.equal(answer.C, '28000')
  })

  test('an endpoint id of odd characters', async () => {
    const options = `endpoint=x';drop`
    const socket = await tls('localhost')
    const answer = errorOf(await exchange([startup({ user: 'u', options })], socket))
    assert.match(
      answer.M!,
      /^Project name \('x';drop'\) must contain only alphanumeric characters and hyphen\.$/,
    )
  })

  test('a password message of 1 MB', async () => {
    const socket = await tls()
    const big = Buffer.alloc(1_000_000, 0x61)
    const message = Buffer.concat([Buffer.from('p'), Buffer.from([0, 0x0f, 0x42, 0x44]), big])
    const bytes = await exchange([startup({ user: project.role, database: 'neondb' }), message], socket)
    assert.match(errorOf(bytes).C!, /^(08P01|28P01)$/)
  })

  test('SASL rubbish', async () => {
    const socket = await tls()
    const message = Buffer.concat([Buffer.from('p'), Buffer.from([0, 0, 0, 12]), randomBytes(8)])
    const bytes = await exchange([startup({ user: project.role, database: 'neondb' }), message], socket)
    assert.match(errorOf(bytes).C!, /^(08P01|28P01)$/)
  })

  test('a role name with SQL in it is a wrong password', async () => {
    const { psql } = await import('../fixtures/clients.ts')
    const role = `x'; drop role neondb_owner; --`
    const uri = `postgresql://${encodeURIComponent(role)}:x@${project.host}:${pilotlight.run.pgPort}/neondb?sslmode=require`
    const answer = await psql(uri, 'select 1')
    assert.ok(answer.stderr.includes(`password authentication failed for user '${role}'`), answer.stderr)
  })

  test('500 strangers at once, who say nothing, then go', async () => {
    const sockets = Array.from({ length: 500 }, tcp)
    await eventually(() => sockets.every(socket => !socket.connecting), {
      timeoutMs: 20_000,
      about: () => 'connects',
    })
    assert.equal((await query(pilotlight, project, 'select 1')).length, 1)
    for (const socket of sockets) socket.destroy()
    await pilotlight.suspend(project)
  })

  test('after all that, the proxies are the same processes, and nothing was woken', () => {
    assert.deepEqual(pilotlight.children('proxy-process'), proxies)
    assert.deepEqual(pilotlight.computes(), [])
  })
})
