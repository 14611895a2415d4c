import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Project, undoOf } from './undo-change.ts'

const before = {
  name: 'shop',
  history_retention_seconds: 86_400,
  settings: { quota: { active_time_seconds: 3600 } },
  default_endpoint_settings: { suspend_timeout_seconds: 300, pg_settings: { jit: 'off' } },
} as unknown as Project

test('what was changed becomes what it was, and nothing else', () => {
  assert.deepEqual(undoOf(before, { name: 'market' }), { name: 'shop' })
  assert.deepEqual(undoOf(before, { settings: { quota: {} } }), {
    settings: { quota: { active_time_seconds: 3600 } },
  })
  assert.deepEqual(undoOf(before, { default_endpoint_settings: { pg_settings: {} } }), {
    default_endpoint_settings: { pg_settings: { jit: 'off' } },
  })
})

test('what was not chosen becomes what counts then', () => {
  assert.deepEqual(undoOf(before, { settings: { allowed_ips: { ips: ['203.0.113.7'] } } }), {
    settings: { allowed_ips: { ips: [], protected_branches_only: false } },
  })
  assert.deepEqual(undoOf(before, { default_endpoint_settings: { autoscaling_limit_max_cu: 4 } }), {
    default_endpoint_settings: { autoscaling_limit_max_cu: 0.25 },
  })
})

test('no way back is offered where there is none', () => {
  assert.equal(undoOf(before, { history_retention_seconds: 0 }), undefined)
  assert.equal(undoOf(before, { settings: { enable_logical_replication: true } }), undefined)
})
