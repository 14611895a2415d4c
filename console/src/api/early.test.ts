import assert from 'node:assert/strict'
import { test } from 'node:test'
import { QueryClient } from '@tanstack/react-query'
import { early, withEarly } from './early.ts'

const query = { queryKey: ['branch'], queryFn: () => ({ name: 'main', size: 1 }) }
const renamed = early(query, branch => ({ ...branch, name: 'dev' }))

function given() {
  const queries = new QueryClient()
  queries.setQueryData(query.queryKey, { name: 'main', size: 1 })
  return { queries, name: () => queries.getQueryData<{ name: string }>(query.queryKey)?.name }
}

test('it is seen before the server has answered, and stays', async () => {
  const { queries, name } = given()
  const answer = await withEarly(queries, [renamed], async () => {
    assert.equal(name(), 'dev')
    return 'yes'
  })
  assert.equal(answer, 'yes')
  assert.equal(name(), 'dev')
})

test('it is taken back where the server says no', async () => {
  const { queries, name } = given()
  const refusal = withEarly(queries, [renamed], () => Promise.reject(new Error('no')))
  await assert.rejects(refusal, /no/)
  assert.equal(name(), 'main')
})

test('what was read meanwhile is not overwritten by the old', async () => {
  const { queries, name } = given()
  const refusal = withEarly(queries, [renamed], async () => {
    queries.setQueryData(query.queryKey, { name: 'renamed by another', size: 1 })
    throw new Error('no')
  })
  await assert.rejects(refusal)
  assert.equal(name(), 'renamed by another')
})

test('an answer that was asked for before comes too late', async () => {
  const queries = new QueryClient()
  const { promise, resolve } = Promise.withResolvers<{ name: string; size: number }>()
  queries.setQueryData(query.queryKey, { name: 'main', size: 1 })
  const slow = queries
    .fetchQuery({ queryKey: query.queryKey, queryFn: ({ signal: _ }) => promise, staleTime: 0 })
    .catch(() => {})
  await withEarly(queries, [renamed], async () => {
    resolve({ name: 'main', size: 1 })
    await slow
  })
  assert.equal(queries.getQueryData<{ name: string }>(query.queryKey)?.name, 'dev')
})

test('what nobody has read is not made up', async () => {
  const queries = new QueryClient()
  await withEarly(queries, [renamed], async () => {})
  assert.equal(queries.getQueryData(query.queryKey), undefined)
})
