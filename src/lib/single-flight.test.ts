import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deferred } from './deferred.ts'
import { SingleFlight } from './single-flight.ts'

test('who asks while it runs joins, and all get the same', async () => {
  const flights = new SingleFlight<object>()
  const landing = deferred<object>()
  let started = 0
  const ask = () =>
    flights.run('a', () => {
      started++
      return landing.promise
    })
  const answers = Array.from({ length: 50 }, ask)
  assert.equal(flights.has('a'), true)
  const answer = {}
  landing.resolve(answer)
  for (const got of await Promise.all(answers)) assert.equal(got, answer)
  assert.equal(started, 1)
  assert.equal(flights.has('a'), false)
})

test('afterwards it is done anew', async () => {
  const flights = new SingleFlight<number>()
  let count = 0
  const ask = () => flights.run('a', async () => ++count)
  assert.deepEqual([await ask(), await ask()], [1, 2])
})

test('a failure reaches everybody who joined, and is forgotten', async () => {
  const flights = new SingleFlight<string>()
  const landing = deferred<string>()
  const answers = [1, 2, 3].map(() => flights.run('a', () => landing.promise))
  landing.reject(new Error('no landing'))
  for (const answer of answers) await assert.rejects(answer, /no landing/)
  assert.equal(flights.has('a'), false)
  assert.equal(await flights.run('a', async () => 'landed'), 'landed')
})

test('different keys are different flights', async () => {
  const flights = new SingleFlight<string>()
  const landing = deferred<string>()
  const a = flights.run('a', () => landing.promise)
  assert.equal(await flights.run('b', async () => 'b'), 'b')
  landing.resolve('a')
  assert.equal(await a, 'a')
})
