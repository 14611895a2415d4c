import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperationCause } from '../../../src/contract/operation-causes.ts'
import { askerText, shortCauseText, sleepReasonText } from './cause-text.ts'

test('who asked, as far as it is known', () => {
  const connection: OperationCause = {
    by: 'connection',
    ...{ role: 'app', database: 'shop', application: 'django', address: '127.0.0.1' },
  }
  assert.equal(askerText(connection), 'a connection of role app to shop (application django) from 127.0.0.1')
  assert.equal(askerText({ by: 'connection' }), 'a connection')
  assert.equal(askerText({ ...connection, application: 'pilotlight-console' }), 'SQL in the console, as app')
  assert.equal(askerText({ by: 'request', via: 'api', key_name: 'ci' }), 'the API key “ci”')
  assert.equal(askerText({ by: 'request', via: 'console' }), 'somebody in the console')
  assert.equal(askerText({ by: 'pilotlight' }), 'Pilotlight itself')
})

test('why it sleeps', () => {
  assert.equal(sleepReasonText({ by: 'idle', quiet_seconds: 300 }), 'nobody had used it for 5 minutes')
  assert.equal(
    sleepReasonText({ by: 'quota', quota: 'active_time_seconds' }),
    'its project has used up its quota (active time seconds)',
  )
  assert.equal(sleepReasonText({ by: 'request', via: 'api' }), 'asked by a call of the API')
  assert.equal(sleepReasonText(null), 'why is not known any more')
})

test('in a table it is a word or two', () => {
  assert.equal(shortCauseText({ by: 'connection', role: 'app' }), 'connection of app')
  assert.equal(shortCauseText({ by: 'crash' }), 'ended by itself')
  assert.equal(shortCauseText(null), '–')
})
