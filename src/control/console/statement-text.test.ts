import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayHoldPassword } from './statement-text.ts'

test('a statement that sets a password is known, however it is written', () => {
  assert.ok(mayHoldPassword(`ALTER ROLE app PASSWORD 'x'`))
  assert.ok(mayHoldPassword(`begin;\n create\n user app with login password 'x'`))
  assert.ok(mayHoldPassword(`create user mapping for app server s options (user 'u', password 'x')`))
  assert.ok(mayHoldPassword(`create subscription s connection 'host=h password=x' publication p`))
})

test('a column of that name is no secret', () => {
  assert.ok(!mayHoldPassword('select password from users where id = $1'))
  assert.ok(!mayHoldPassword('alter role app set work_mem = $1'))
})
