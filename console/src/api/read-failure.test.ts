import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError } from './api-error.ts'
import { readFailure } from './read-failure.ts'

const gone = new ApiError(404, 'PROJECT_NOT_FOUND', 'project not found')
const away = ApiError.unreachable()

test('what was never read gives way to any error', () => {
  assert.equal(readFailure({ data: undefined, error: null }), undefined)
  assert.equal(readFailure({ data: undefined, error: away }), away)
  assert.equal(readFailure({ data: 1, error: null }, { data: undefined, error: gone }), gone)
})

test('what was read stays while the server does not answer, and goes with what it is about', () => {
  assert.equal(readFailure({ data: 1, error: away }), undefined)
  assert.equal(readFailure({ data: 1, error: new ApiError(503, 'x', 'busy') }), undefined)
  assert.equal(readFailure({ data: 1, error: away }, { data: 1, error: gone }), gone)
  assert.equal(readFailure({ data: 1, error: new ApiError(403, 'x', 'not yours') })?.message, 'not yours')
})
