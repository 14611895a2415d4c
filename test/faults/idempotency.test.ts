// kill -9 of control while POSTs with an Idempotency-Key are under way, again and again. Whoever repeats a request until
// it is answered has made one thing, and was told so each time in the same words.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'
import { isAlive } from '../fixtures/processes.ts'

const requests = 30
const kills = 6

let pilotlight: Pilotlight
before(async () => {
  pilotlight = await Pilotlight.start()
})
after(() => pilotlight.stop())

const url = (path: string) => `${pilotlight.run.apiUrl}/api/v2${path}`
const headers = () => ({ Authorization: `Bearer ${pilotlight.apiKey}`, 'Content-Type': 'application/json' })

/** One attempt; undefined: no answer came. */
async function attempt(name: string, key: string): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(url('/projects'), {
      method: 'POST',
      headers: { ...headers(), 'Idempotency-Key': key },
      body: JSON.stringify({ project: { name } }),
      signal: AbortSignal.timeout(30_000),
    })
    return { status: response.status, text: await response.text() }
  } catch {
    return undefined
  }
}

/** As a client does that wants one project whatever happens. */
async function untilAnswered(name: string, key: string): Promise<string> {
  const deadline = Date.now() + 120_000
  while (Date.now() < deadline) {
    const answer = await attempt(name, key)
    if (answer?.status === 201) return answer.text
    // A catalog whose client was killed, and a repetition that overtakes the first one.
    if (answer) assert.ok([409, 500, 503].includes(answer.status), `${answer.status} ${answer.text}`)
    await sleep(50)
  }
  throw new Error(`${name} was not answered`)
}

test('one project a key, however often control is killed', async () => {
  let going = true
  let killed = 0
  const killing = (async () => {
    for (let n = 0; n < kills && going; n++) {
      await eventually(() => pilotlight.children('control-process').length > 0, {
        timeoutMs: 30_000,
        about: () => 'a control to kill',
      })
      const [pid] = pilotlight.children('control-process')
      await sleep(300 + Math.random() * 1200)
      if (pid !== undefined && isAlive(pid)) {
        process.kill(pid, 'SIGKILL')
        killed++
      }
    }
  })()
  const keys = new Map<string, string>()
  const first = new Map<string, string>()
  const make = async (from: number) => {
    for (let n = from; n < requests; n += 3) {
      const [name, key] = [`once-${n}`, randomUUID()]
      keys.set(name, key)
      first.set(name, await untilAnswered(name, key))
    }
  }
  await Promise.all([make(0), make(1), make(2)])
  going = false
  await killing
  assert.ok(killed > 0, 'control was killed')

  for (const [name, key] of keys) assert.equal(await untilAnswered(name, key), first.get(name), name)
  const listed: string[] = []
  let cursor = ''
  for (;;) {
    const page = await fetch(url(`/projects?limit=100&search=once-${cursor}`), { headers: headers() })
    const { projects, pagination } = (await page.json()) as {
      projects: { id: string; name: string }[]
      pagination?: { cursor: string }
    }
    listed.push(...projects.map(({ id, name }) => `${name} ${id}`))
    if (!pagination || projects.length < 100) break
    cursor = `&cursor=${encodeURIComponent(pagination.cursor)}`
  }
  const told = [...first].map(([name, text]) => `${name} ${JSON.parse(text).project.id}`)
  assert.deepEqual(listed.sort(), told.sort())
})
