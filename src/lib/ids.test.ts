import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeyToken, branchId, endpointId, projectId, type RandomInt, rolePassword } from './ids.ts'

const lowest: RandomInt = () => 0
const highest: RandomInt = below => below - 1
const sources: (RandomInt | undefined)[] = [lowest, highest, ...Array.from({ length: 300 }, () => undefined)]

/** How Neon's clients know a branch's id from its name. */
const branchIdOfClients = /^br-[a-z0-9]+-[a-z0-9]+-[a-z0-9]+$/

const shapes = [
  { what: 'a project', make: projectId, shape: /^[a-z]+-[a-z]+-\d{8}$/ },
  { what: 'a branch', make: branchId, shape: /^br-[a-z]+-[a-z]+-\d{8}$/ },
  { what: 'a branch, to Neon’s clients', make: branchId, shape: branchIdOfClients },
  { what: 'an endpoint', make: endpointId, shape: /^ep-[a-z]+-[a-z]+-\d{8}$/ },
  { what: 'a password', make: rolePassword, shape: /^npg_[A-Za-z0-9]{16}$/ },
  { what: 'an API key', make: apiKeyToken, shape: /^napi_[A-Za-z0-9]{48}$/ },
]

for (const { what, make, shape } of shapes) {
  test(`${what} looks like ${shape}`, () => {
    for (const source of sources) assert.match(make(source), shape)
  })
}

test('an endpoint’s id is a label of a host name, and stays one with -pooler behind it', () => {
  for (const source of sources) assert.ok(`${endpointId(source)}-pooler`.length <= 63)
})

test('passwords and keys stand in a URL as they are', () => {
  for (const source of sources) {
    for (const secret of [rolePassword(source), apiKeyToken(source)]) {
      assert.equal(encodeURIComponent(secret), secret)
    }
  }
})

test('they are hardly ever the same twice', () => {
  for (const make of [projectId, branchId, endpointId, rolePassword, apiKeyToken]) {
    assert.equal(new Set(Array.from({ length: 1000 }, () => make())).size, 1000)
  }
})
