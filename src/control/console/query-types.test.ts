import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TypeNames } from './query-types.ts'

test('a session that gave no answer is closed, and the next question has one of its own', async () => {
  const events: string[] = []
  const types = new TypeNames(async () => {
    events.push('opened')
    const isFirst = events.length === 1
    return {
      async query<Row>() {
        if (isFirst) throw new Error('canceling statement due to statement timeout')
        return [{ name: 'mood' }] as Row[]
      },
      async close() {
        events.push('closed')
      },
    }
  })
  const mood = { oid: 20_001, typmod: -1 }
  assert.deepEqual(await types.ask([mood]), ['oid 20001'])
  assert.deepEqual(events, ['opened', 'closed'])
  assert.deepEqual(await types.ask([mood]), ['mood'])
  await types.close()
  assert.deepEqual(events, ['opened', 'closed', 'opened', 'closed'])
})
