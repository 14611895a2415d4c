import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { LineStream } from './line-stream.ts'

const clock = { after: () => ({ cancel() {} }) }
const text = new TextDecoder()

test('lines come out in their order, and the end after them', async () => {
  const lines = new LineStream({ clock, aliveEveryMs: 1000 })
  assert.equal(lines.write({ a: 'ü' }), undefined)
  assert.equal(lines.write([null]), undefined)
  lines.end()
  lines.end()
  assert.equal(lines.write('late'), undefined)
  assert.equal(await new Response(lines.body).text(), '{"a":"ü"}\n[null]\n')
})

test('who writes more than is read is told to wait until it is', async () => {
  const lines = new LineStream({ clock, aliveEveryMs: 1000 })
  const room = lines.write('x'.repeat(300_000))
  assert.ok(room)
  let hasRoom = false
  void room.then(() => {
    hasRoom = true
  })
  await new Promise(setImmediate)
  assert.equal(hasRoom, false)
  await lines.body.getReader().read()
  await room
  assert.equal(lines.write('y'), undefined)
})

test('a reader who leaves lets go of who waits', async () => {
  const lines = new LineStream({ clock, aliveEveryMs: 1000 })
  const room = lines.write('x'.repeat(300_000))
  assert.equal(lines.left.aborted, false)
  await lines.body.cancel()
  await room
  assert.equal(lines.left.aborted, true)
  assert.equal(lines.write('more'), undefined)
  lines.end()
})

test('who reads again after a pause hears that it goes on', async () => {
  const timers = new Set<() => void>()
  const waiting = {
    after(_: number, run: () => void) {
      timers.add(run)
      return { cancel: () => timers.delete(run) }
    },
  }
  const passed = () => {
    const due = [...timers]
    timers.clear()
    for (const run of due) run()
  }
  const lines = new LineStream({ clock: waiting, aliveEveryMs: 1000 })
  const long = 'x'.repeat(300_000)
  void lines.write(long)
  passed()
  const reader = lines.body.getReader()
  assert.equal(text.decode((await reader.read()).value), `"${long}"\n`)
  passed()
  assert.equal(text.decode((await reader.read()).value), '\n')
})

test('silence is broken by empty lines, unless nobody reads', async () => {
  const lines = new LineStream({ clock: systemClock, aliveEveryMs: 5 })
  const reader = lines.body.getReader()
  assert.equal(text.decode((await reader.read()).value), '\n')
  assert.equal(text.decode((await reader.read()).value), '\n')
  await reader.cancel()
})
