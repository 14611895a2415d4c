import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, describe, test } from 'node:test'
import { connect, hostEnv, hostUri, pgConfig, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

describe('cancel', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    // Two proxies: a cancel request may land on the one that does not hold the session.
    pilotlight = await Pilotlight.start({ flags: ['--proxies', '2'] })
    project = await pilotlight.createProject()
    await query(pilotlight, project, 'select 1')
  })
  after(() => pilotlight.stop())

  const sleeping = async (): Promise<number> => {
    const [row] = await query<{ count: string }>(
      pilotlight,
      project,
      `select count(*) from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`,
    )
    return Number(row?.count)
  }
  const untilSleeping = (n: number) =>
    eventually(async () => (await sleeping()) === n, {
      timeoutMs: 15_000,
      about: () => `${n} sleeping queries`,
    })

  test('Ctrl-C in psql ends the query and keeps the session, wherever the request lands', async () => {
    for (let round = 0; round < 4; round++) {
      const child = spawn('psql', ['-X', '-At', hostUri(pilotlight, project)], {
        env: { ...process.env, ...hostEnv },
        stdio: ['pipe', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', chunk => {
          output += chunk
        })
      }
      child.stdin.write('select pg_sleep(60);\n')
      await untilSleeping(1)
      child.kill('SIGINT')
      await eventually(() => /canceling statement due to user request/.test(output), {
        timeoutMs: 10_000,
        about: () => `the query to be cancelled: ${output}`,
      })
      child.stdin.end(`select 'still here';\n`)
      await eventually(() => output.includes('still here'), { timeoutMs: 10_000, about: () => output })
    }
  })

  test('a stranger’s key cancels nothing', async () => {
    const { createConnection } = await import('node:net')
    const client = await connect(pilotlight, project)
    const query = client.query(`select pg_sleep(2), 'finished' as word`)
    const packet = Buffer.alloc(16)
    packet.writeInt32BE(16, 0)
    packet.writeInt32BE(80877102, 4)
    packet.writeInt32BE(1, 8)
    packet.writeInt32BE(2, 12)
    const socket = createConnection(pilotlight.run.pgPort, '127.0.0.1')
    await new Promise(resolve =>
      socket
        .on('close', resolve)
        .on('connect', () => socket.write(packet))
        .resume(),
    )
    assert.equal((await query).rows[0].word, 'finished')
    await client.end()
  })

  test('a client that vanishes takes its query with it', async () => {
    const { default: pg } = await import('pg')
    const client = new pg.Client(pgConfig(pilotlight, project))
    client.on('error', () => {})
    await client.connect()
    client.query('select pg_sleep(120)').catch(() => {})
    await untilSleeping(1)
    ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    await untilSleeping(0)
  })
})
