import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, before, describe, test } from 'node:test'
import { connect, hostEnv, hostUri, pgConfig, python, query, runProgram } from '../fixtures/clients.ts'
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

  /** Sessions beside the one that asks. A statement may be on its way to one that is open. */
  const others = async (): Promise<number> => {
    const [row] = await query<{ count: string }>(
      pilotlight,
      project,
      'select count(*) from pg_stat_activity where usename = current_user and pid <> pg_backend_pid()',
    )
    return Number(row?.count)
  }

  test('Ctrl-C in psql ends the query', async () => {
    const child = spawn('psql', ['-X', '-At', hostUri(pilotlight, project), '-c', 'select pg_sleep(60)'], {
      env: { ...process.env, ...hostEnv },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let output = ''
    child.stderr.on('data', chunk => {
      output += chunk
    })
    await untilSleeping(1)
    child.kill('SIGINT')
    await once(child, 'exit')
    assert.match(output, /canceling statement due to user request/)
  })

  test('the session goes on after a cancel, whichever proxy the request lands on', async () => {
    const rounds = 6
    const script = `
import sys, threading, time, psycopg

sleeping = "select count(*) from pg_stat_activity where pid = %s and state = 'active' and query like 'select pg_sleep%%'"

def cancel_once_it_sleeps():
    while watcher.execute(sleeping, [pid]).fetchone()[0] == 0:
        time.sleep(0.02)
    connection.cancel()

with psycopg.connect(sys.argv[1], autocommit=True) as connection, psycopg.connect(sys.argv[1], autocommit=True) as watcher:
    pid = connection.execute("select pg_backend_pid()").fetchone()[0]
    for n in range(${rounds}):
        canceller = threading.Thread(target=cancel_once_it_sleeps)
        canceller.start()
        try:
            connection.execute("select pg_sleep(60)")
        except psycopg.errors.QueryCanceled:
            print("cancelled", connection.execute("select 'still here'").fetchone()[0])
        canceller.join()
`
    const answer = await runProgram(python(), ['-c', script, hostUri(pilotlight, project)], { env: hostEnv })
    assert.equal(answer.stdout, Array(rounds).fill('cancelled still here').join('\n'), answer.stderr)
  })

  test('a statement whose client hangs up as it is sent does not run on', async () => {
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 10 }, async () => {
          const client = await connect(pilotlight, project)
          client.query('select pg_sleep(600)').catch(() => {})
          // Sooner or later, so that the request to cancel comes before the statement, too.
          await new Promise(resolve => setTimeout(resolve, Math.random() * 4))
          client.connection.stream.destroy()
        }),
      )
    }
    await eventually(async () => (await others()) === 0, {
      timeoutMs: 15_000,
      about: () => 'sessions whose client hung up to end',
    })
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
