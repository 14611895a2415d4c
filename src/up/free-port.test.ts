import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { test } from 'node:test'
import { findHttpsPort, findPort } from './free-port.ts'

const host = '127.0.0.1'
const any = { port: 0, chosen: true }

async function listening(port: number): Promise<Server> {
  const server = createServer().listen({ port, host })
  await once(server, 'listening')
  return server
}

test('any free port is another for each purpose, and the same when it is asked for again', async () => {
  const found = await Promise.all([
    findPort(any, host, 'pg-port'),
    findPort(any, host, 'api-port'),
    findHttpsPort(any, host),
  ])
  assert.equal(new Set(found).size, found.length)
  for (const port of found) assert.ok(port >= 10_000 && port < 30_000, String(port))
  assert.equal(await findPort(any, host, 'api-port'), found[1])
})

test('one that is taken is passed over', async () => {
  const first = await findPort(any, host, 'pg-port')
  const server = await listening(first)
  try {
    const second = await findPort(any, host, 'pg-port')
    assert.notEqual(second, first)
    await listening(second).then(other => other.close())
    assert.equal((await findPort({ port: first, chosen: false }, host, 'pg-port')) > first, true)
  } finally {
    server.close()
  }
})

test('a chosen one that is taken, and an address of another machine, are told with what to do', async () => {
  const server = await listening(0)
  const { port } = server.address() as AddressInfo
  try {
    await assert.rejects(findPort({ port, chosen: true }, host, 'api-port'), {
      name: 'ConfigError',
      message: /^--api-port: cannot listen on 127\.0\.0\.1 port \d+ .*Choose another, or 0/,
    })
  } finally {
    server.close()
  }
  for (const wanted of [any, { port: 5432, chosen: false }]) {
    await assert.rejects(findPort(wanted, '192.0.2.1', 'pg-port'), { message: /no address of this machine/ })
  }
})
