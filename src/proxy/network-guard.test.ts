import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PilotlightError } from '../contract/errors.ts'
import { checkNetwork } from './network-guard.ts'

test('who comes from the wrong place is told so, in the words that Neon has for it', () => {
  const list = { allowedIps: ['203.0.113.0/24'], blockPublic: false }
  checkNetwork(undefined, '198.51.100.1')
  checkNetwork(list, '203.0.113.9')
  checkNetwork(list, '::ffff:203.0.113.9')
  assert.throws(() => checkNetwork(list, '::ffff:198.51.100.1'), {
    code: 'address_not_allowed',
    message:
      'This IP address 198.51.100.1 is not allowed to connect to this endpoint. Please add it to the allowed list in the Neon console. Make sure to check for IPv4 or IPv6 addresses.',
  })
  const blocked = { allowedIps: ['198.51.100.1'], blockPublic: true }
  // The block supersedes the list.
  assert.throws(
    () => checkNetwork(blocked, '198.51.100.1'),
    (error: unknown) =>
      error instanceof PilotlightError &&
      error.message === 'This connection is trying to access this endpoint from a blocked network.',
  )
  checkNetwork(blocked, '127.0.0.1')
  checkNetwork(blocked, '192.168.1.5')
})
