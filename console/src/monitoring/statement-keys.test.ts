import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SlowStatement } from '../../../src/contract/console-monitoring.ts'
import { withKeys } from './statement-keys.ts'

const statement = (query: string | null, role: string, database: string): SlowStatement => ({
  ...{ query, role, database, calls: 1, total_ms: 1, mean_ms: 1, max_ms: 1, rows: 1, hit_rate: null },
})

test('each row has a key of its own, which stays where the order changes', () => {
  const [one, other, third] = [
    statement('begin', 'app', 'shop'),
    statement('begin', 'owner', 'shop'),
    statement('begin', 'app', 'billing'),
  ]
  const keysOf = (statements: SlowStatement[]) => withKeys(statements).map(([key]) => key)
  const keys = keysOf([
    one,
    other,
    third,
    one,
    statement(null, 'app', 'shop'),
    statement(null, 'app', 'shop'),
  ])
  assert.equal(new Set(keys).size, 6)
  assert.deepEqual(keysOf([third, one, other]), [keys[2], keys[0], keys[1]])
})
