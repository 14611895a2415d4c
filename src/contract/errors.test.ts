import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorDefinition, errorTable, errorText, isErrorCode, PilotlightError } from './errors.ts'

const rows = Object.entries<ErrorDefinition>(errorTable)

test('every error has a status, an SQLSTATE, a sentence and a remedy', () => {
  for (const [code, { http, sqlstate, message, remedy }] of rows) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/)
    assert.ok(http >= 400 && http < 600, code)
    assert.match(sqlstate, /^[0-9A-Z]{5}$/, code)
    assert.ok(message.length > 0, code)
    assert.match(remedy, /[.?]$/, `${code}: a remedy is a sentence`)
  }
})

test('what the caller has to mend is no 5xx, and what may be tried again is no fault of the caller', () => {
  for (const [code, { http, owner, retry }] of rows) {
    // 501: what is asked for is no part of us, and no trying again makes it one.
    if (owner === 'caller') assert.ok((http < 500 || http === 501) && !retry, code)
  }
})

test('values are put in, and cut', () => {
  assert.equal(errorText('password_wrong', { role: 'ada' }), "password authentication failed for user 'ada'")
  assert.ok(errorText('password_wrong', { role: 'x'.repeat(1_000_000) }).length < 1000)
})

test('a value cannot stand for another place', () => {
  const text = errorText('endpoint_inconsistent', { sni: '{option}', option: 'secret' })
  assert.ok(text.includes("'{option}'"))
})

test('an error knows its row', () => {
  const error = new PilotlightError('project_not_found')
  assert.equal(error.definition.http, 404)
  assert.equal(isErrorCode('project_not_found'), true)
  assert.equal(isErrorCode('toString'), false)
})
