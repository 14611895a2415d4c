import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageName, titleOf } from './page-title.ts'

test('a page is called as the navigation calls it', () => {
  const rows: [string, string][] = [
    ['/', 'Projects'],
    ['/sign-in', 'Sign in'],
    ['/projects/$projectId/', 'Dashboard'],
    ['/projects/$projectId', 'Dashboard'],
    ['/projects/$projectId/branches', 'Branches'],
    ['/projects/$projectId/branches/$branchId', 'Branch'],
    ['/projects/$projectId/guides/$guide', 'Guide'],
    ['/projects/$projectId/settings/anything', 'Settings'],
    ['/elsewhere', 'Not found'],
  ]
  for (const [pattern, expected] of rows) assert.equal(pageName(pattern), expected, pattern)
})

test('the most particular comes first', () => {
  assert.equal(titleOf('Projects', {}), 'Projects · Pilotlight')
  assert.equal(titleOf('Branches', { project: 'shop' }), 'Branches · shop · Pilotlight')
  assert.equal(titleOf('Branch', { subject: 'dev', project: 'shop' }), 'dev · Branch · shop · Pilotlight')
})
