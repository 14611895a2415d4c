import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newsIntervalMs } from '../../contract/console-events.ts'
import { type NewsItem, NewsStream } from './news-stream.ts'

function stream(projectId: string | null) {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  const news = new NewsStream(
    {
      now: () => now,
      after(delayMs, run) {
        const timer = { at: now + delayMs, run }
        timers.push(timer)
        const cancel = () => {
          timers = timers.filter(one => one !== timer)
        }
        return { cancel }
      },
    },
    1,
    projectId,
  )
  const taken: NewsItem[] = []
  const take = () =>
    news.take().then(item => {
      taken.push(item)
    })
  return {
    ...{ news, taken, take },
    async pass(ms: number) {
      now += ms
      const due = timers.filter(({ at }) => at <= now)
      timers = timers.filter(({ at }) => at > now)
      for (const { run } of due) run()
      await Promise.resolve()
      await Promise.resolve()
    },
  }
}

test('the first is told within moments, and those right behind it with the next message', async () => {
  const { news, taken, take, pass } = stream(null)
  void take()
  for (const noun of ['branches', 'endpoints', 'branches'] as const) news.tell(noun, 'a')
  await pass(10)
  assert.deepEqual(taken, [{ news: { branches: ['a'], endpoints: ['a'] } }])
  void take()
  news.tell('branches', 'a')
  news.tell('branches', 'b')
  await pass(newsIntervalMs - 1)
  assert.equal(taken.length, 1)
  await pass(1)
  assert.deepEqual(taken[1], { news: { branches: ['a', 'b'] } })
})

test('a page of one project hears of no other, but of what may be any', async () => {
  const { news, taken, take, pass } = stream('a')
  void take()
  news.tell('roles', 'b')
  news.tell('operations', 'a')
  news.tell('roles', null)
  await pass(10)
  assert.deepEqual(taken, [{ news: { operations: ['a'], roles: ['*'] } }])
})

test('who reads slowly is told everything at once, however much it was', async () => {
  const { news, taken, take, pass } = stream(null)
  for (let n = 0; n < 100_000; n++) news.tell('endpoints', `p-${n}`)
  await pass(1000)
  assert.deepEqual(taken, [])
  void take()
  await pass(10)
  assert.deepEqual(taken, [{ news: { endpoints: ['*'] } }])
})

test('a beat comes where nothing is new, and the end comes whatever waits', async () => {
  const { news, taken, take, pass } = stream(null)
  void take()
  news.beat()
  await pass(0)
  assert.deepEqual(taken, ['beat'])
  news.tell('roles', 'a')
  news.end()
  news.end()
  void take()
  await pass(0)
  assert.deepEqual(taken, ['beat', 'end'])
})
