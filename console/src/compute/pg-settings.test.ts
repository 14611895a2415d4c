import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyForbidden } from '../../../src/contract/forbidden-settings.ts'
import { knownSetting, knownSettings, manualUrl } from './known-settings.ts'
import { areSame, newRow, refusedRow, rowProblem, rowsOf, rowsProblem, settingsOf } from './pg-settings.ts'

test('rows and the record that the API takes', () => {
  const rows = rowsOf({ work_mem: '8MB', jit: 'off' })
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['jit', 'work_mem'],
  )
  assert.deepEqual(settingsOf(rows), { jit: 'off', work_mem: '8MB' })
  assert.ok(areSame(rows, { work_mem: '8MB', jit: 'off' }))
  assert.ok(areSame([], undefined))
  assert.ok(!areSame(rows.slice(1), { work_mem: '8MB', jit: 'off' }))
  assert.ok(!areSame([...rows, newRow()], { work_mem: '8MB', jit: 'off' }))
})

test('what can be told without Postgres', () => {
  const rows = [newRow('work_mem', '8MB'), newRow('WORK_MEM', '9MB'), newRow(''), newRow('fsync', 'off')]
  assert.match(rowProblem(rows[1]!, rows)!, /twice/)
  assert.match(rowProblem(rows[2]!, rows)!, /name/)
  assert.match(rowProblem(rows[3]!, rows)!, /acknowledged/)
  assert.equal(rowsProblem([newRow('work_mem', '8MB')]), undefined)
})

test('what the server refuses stands at its row', () => {
  const rows = [newRow('jit', 'off'), newRow('work_mem', 'much')]
  const path = 'project.default_endpoint_settings.pg_settings'
  assert.deepEqual(refusedRow(`${path}: invalid value for parameter "work_mem": "much"`, rows), {
    key: rows[1]!.key,
    text: 'invalid value for parameter "work_mem": "much"',
  })
  assert.equal(refusedRow('endpoint.settings.pg_settings.jit: a value must not …', rows)?.key, rows[0]!.key)
  assert.equal(refusedRow('endpoint.name: too long', rows), undefined)
  assert.equal(refusedRow(undefined, rows), undefined)
})

test('what is offered may be chosen', () => {
  for (const { name } of knownSettings) assert.equal(whyForbidden(name), undefined, name)
  assert.equal(new Set(knownSettings.map(({ name }) => name)).size, knownSettings.length)
  assert.match(
    manualUrl(knownSetting('Work_Mem')!, 17),
    /docs\/17\/runtime-config-resource\.html#GUC-WORK-MEM$/,
  )
})
