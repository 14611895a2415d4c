import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consolePass, isConsolePass } from './console-pass.ts'

test('a pass is good for its endpoint and role, and for who has the secret', () => {
  const pass = consolePass('secret', 'ep-a', 'app')
  assert.equal(isConsolePass(pass, 'secret', 'ep-a', 'app'), true)
  assert.equal(isConsolePass(pass, 'secret', 'ep-b', 'app'), false)
  assert.equal(isConsolePass(pass, 'secret', 'ep-a', 'owner'), false)
  assert.equal(isConsolePass(pass, 'other', 'ep-a', 'app'), false)
  assert.equal(isConsolePass(pass, undefined, 'ep-a', 'app'), false)
  assert.equal(isConsolePass(null, 'secret', 'ep-a', 'app'), false)
  assert.equal(isConsolePass('', 'secret', 'ep-a', 'app'), false)
})
