import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveConnection, type LiveEvent } from './live-connection.ts'

/** A page with a clock that the test moves, and streams that it plays. */
function page() {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  const sources: {
    url: string
    isOpen: boolean
    emit(type: string, data?: unknown): void
  }[] = []
  const connection = new LiveConnection({
    now: () => now,
    after(delayMs, run) {
      const timer = { at: now + delayMs, run }
      timers.push(timer)
      return () => {
        timers = timers.filter(one => one !== timer)
      }
    },
    open(url) {
      const listeners = new Map<string, (event: { data?: unknown }) => void>()
      const source = {
        url,
        isOpen: true,
        emit: (type: string, data?: unknown) => listeners.get(type)?.({ data }),
      }
      sources.push(source)
      return {
        addEventListener: (type, listener) => void listeners.set(type, listener),
        close: () => {
          source.isOpen = false
        },
      }
    },
  })
  const events: LiveEvent[] = []
  connection.onEvent(event => events.push(event))
  return {
    ...{ connection, sources, events },
    last: () => sources.at(-1)!,
    open: () => sources.filter(({ isOpen }) => isOpen).length,
    pass(ms: number) {
      const end = now + ms
      for (;;) {
        const next = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
        if (!next) break
        timers = timers.filter(one => one !== next)
        now = next.at
        next.run()
      }
      now = end
    },
  }
}

test('what is told is passed on, and the first stream of a page leaves no gap', () => {
  const { connection, last, events } = page()
  connection.follow('p 1')
  assert.equal(last().url, '/api/console/events?project_id=p+1')
  assert.equal(connection.state, 'opening')
  last().emit('hello', '')
  last().emit('news', '{"roles":["p 1"]}')
  assert.equal(connection.state, 'live')
  assert.deepEqual(events, [{ news: { roles: ['p 1'] } }])
})

test('a stream that was cut off is opened again, later each time, and has left a gap', () => {
  const { connection, last, sources, events, pass, open } = page()
  connection.follow(null)
  last().emit('hello', '')
  last().emit('error')
  assert.equal(connection.state, 'off')
  assert.equal(open(), 0)
  const counts = [1000, 2000, 4000].map(ms => {
    pass(ms - 1)
    const before = sources.length
    pass(1)
    last().emit('error')
    return sources.length - before
  })
  assert.deepEqual(counts, [1, 1, 1])
  pass(8000)
  assert.equal(connection.state, 'off')
  last().emit('hello', '')
  assert.equal(connection.state, 'live')
  assert.deepEqual(events, [{ isGap: true }])
  last().emit('error')
  pass(1000)
  assert.equal(open(), 1)
})

test('a hidden page has no stream, and reads everything anew when it is seen again', () => {
  const { connection, last, events, open, pass } = page()
  connection.follow(null)
  last().emit('hello', '')
  connection.hide(true)
  assert.deepEqual([connection.state, open()], ['closed', 0])
  pass(60_000)
  assert.equal(open(), 0)
  connection.hide(false)
  last().emit('hello', '')
  assert.deepEqual(events, [{ isGap: true }])
})

test('another project is another stream, and nothing of the old one is heard', () => {
  const { connection, last, sources, events, open } = page()
  connection.follow('a')
  last().emit('hello', '')
  connection.follow('b')
  assert.equal(open(), 1)
  sources[0]!.emit('news', '{"roles":["a"]}')
  sources[0]!.emit('error')
  assert.deepEqual([connection.state, events.length], ['opening', 0])
  last().emit('hello', '')
  assert.deepEqual(events, [])
  connection.follow(undefined)
  assert.deepEqual([connection.state, open()], ['closed', 0])
})

test('a stream that says nothing is none: at first the page asks by itself, then another is opened', () => {
  const { connection, last, sources, events, pass } = page()
  connection.follow(null)
  pass(4000)
  assert.equal(connection.state, 'off')
  // It was held back on its way, and comes after all.
  last().emit('hello', '')
  assert.equal(connection.state, 'live')
  assert.deepEqual(events, [{ isGap: true }])
  for (let beats = 0; beats < 4; beats++) {
    pass(15_000)
    last().emit('beat', '')
  }
  assert.equal(sources.length, 1)
  pass(37_500)
  assert.equal(connection.state, 'off')
  pass(1000)
  assert.equal(sources.length, 2)
})

test('when the network is back it is tried at once', () => {
  const { connection, last, sources, pass } = page()
  connection.follow(null)
  for (let n = 0; n < 6; n++) {
    last().emit('error')
    pass(15_000)
  }
  last().emit('error')
  const before = sources.length
  connection.retry()
  assert.equal(sources.length, before + 1)
  // The mark stays until it is certain.
  assert.equal(connection.state, 'off')
  last().emit('hello', '')
  connection.retry()
  assert.equal(sources.length, before + 1)
})
