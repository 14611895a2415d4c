import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areSameLibraries, moved } from './preload.ts'

test('a library moves by a place, and not beyond the ends', () => {
  assert.deepEqual(moved(['a', 'b', 'c'], 'b', -1), ['b', 'a', 'c'])
  assert.deepEqual(moved(['a', 'b', 'c'], 'b', 1), ['a', 'c', 'b'])
  assert.deepEqual(moved(['a', 'b'], 'a', -1), ['a', 'b'])
  assert.deepEqual(moved(['a', 'b'], 'b', 1), ['a', 'b'])
  assert.deepEqual(moved(['a'], 'x', 1), ['a'])
})

test('their order is part of them', () => {
  assert.ok(areSameLibraries(['a', 'b'], ['a', 'b']))
  assert.ok(!areSameLibraries(['a', 'b'], ['b', 'a']))
  assert.ok(!areSameLibraries(['a'], ['a', 'b']))
})
