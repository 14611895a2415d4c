import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FirstLogin } from './first-login.ts'

/** A login that ends when told to. */
function login(log: string[], name: string) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const run = async () => {
    log.push(`${name} begins`)
    await promise
    return name
  }
  return { run, resolve, reject }
}
const turn = () => new Promise(resolve => setImmediate(resolve))

test('after a start one goes first, and then all the others together', async () => {
  const gate = new FirstLogin()
  const log: string[] = []
  const [a, b, c] = [login(log, 'a'), login(log, 'b'), login(log, 'c')]
  const all = [a, b, c].map(({ run }) => gate.run('ep-x/db', true, run))
  await turn()
  assert.deepEqual(log, ['a begins'])
  a.resolve()
  await turn()
  assert.deepEqual(log, ['a begins', 'b begins', 'c begins'])
  b.resolve()
  c.resolve()
  assert.deepEqual(await Promise.all(all), ['a', 'b', 'c'])
})

test('a first login that fails holds nobody up', async () => {
  const gate = new FirstLogin()
  const log: string[] = []
  const [a, b] = [login(log, 'a'), login(log, 'b')]
  const first = gate.run('ep-x/db', true, a.run)
  const second = gate.run('ep-x/db', true, b.run)
  a.reject(new Error('refused'))
  await assert.rejects(first, /refused/)
  b.resolve()
  assert.equal(await second, 'b')
})

test('who comes to a running compute waits for nobody, and another database neither', async () => {
  const gate = new FirstLogin()
  const log: string[] = []
  const [a, b, c] = [login(log, 'a'), login(log, 'b'), login(log, 'c')]
  const all = [
    gate.run('ep-x/db', false, a.run),
    gate.run('ep-x/db', false, b.run),
    gate.run('ep-x/other', true, c.run),
  ]
  await turn()
  assert.deepEqual(log, ['a begins', 'b begins', 'c begins'])
  for (const each of [a, b, c]) each.resolve()
  await Promise.all(all)
})
