import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsoleQueryLine } from '../../contract/console-query.ts'
import { QueryOutput } from './query-output.ts'

const line = (ms: number): ConsoleQueryLine => ({ type: 'end', ms, rolled_back: false })

function outputTo(room: () => Promise<void> | undefined) {
  const events: (number | string)[] = []
  const output = new QueryOutput({
    write: written => {
      events.push(written.type === 'end' ? written.ms : written.type)
      return room()
    },
  })
  output.from({ pause: () => events.push('pause'), resume: () => events.push('resume') })
  return { events, output }
}

test('a line that is still being made holds back those after it, and what brings more', async () => {
  const { events, output } = outputTo(() => undefined)
  const late = Promise.withResolvers<ConsoleQueryLine>()
  output.send(line(1))
  output.send(late.promise)
  output.send(line(3))
  assert.deepEqual(events, [1, 'pause', 'pause'])
  late.resolve(line(2))
  await output.flushed()
  assert.deepEqual(events, [1, 'pause', 'pause', 2, 3, 'resume'])
  output.send(line(4))
  assert.deepEqual(events.at(-1), 4)
})

test('who has no room is not written to until there is', async () => {
  const room = Promise.withResolvers<void>()
  let isFull = true
  const { events, output } = outputTo(() => (isFull ? room.promise : undefined))
  output.send(line(1))
  isFull = false
  output.send(line(2))
  await new Promise(setImmediate)
  assert.deepEqual(events, [1, 'pause', 'pause'])
  room.resolve()
  await output.flushed()
  assert.deepEqual(events, [1, 'pause', 'pause', 2, 'resume'])
})
