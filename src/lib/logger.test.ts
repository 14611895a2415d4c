import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createLogger, type Logger, type LogLevel } from './logger.ts'

/** What `write` leaves behind, line by line. */
function logged(level: LogLevel, write: (logger: Logger) => void): Record<string, unknown>[] {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-log-'))
  const fd = openSync(join(directory, 'log'), 'w')
  try {
    write(createLogger({ name: 'test', level, fd }))
    const text = readFileSync(join(directory, 'log'), 'utf8')
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  } finally {
    closeSync(fd)
    rmSync(directory, { recursive: true })
  }
}

test('a line says when, how grave, who and what', () => {
  const [line] = logged('info', logger => logger.info({ endpoint: 'ep-a', tookMs: 5 }, 'compute started'))
  assert.match(String(line?.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  const { level, name, endpoint, tookMs, msg } = line ?? {}
  assert.deepEqual(
    { level, name, endpoint, tookMs, msg },
    { level: 'info', name: 'test', endpoint: 'ep-a', tookMs: 5, msg: 'compute started' },
  )
})

test('what is below the level is not written', () => {
  const levels = (level: LogLevel) =>
    logged(level, logger => {
      logger.debug({}, '')
      logger.info({}, '')
      logger.warn({}, '')
      logger.error({}, '')
    }).map(line => line.level)
  assert.deepEqual(levels('debug'), ['debug', 'info', 'warn', 'error'])
  assert.deepEqual(levels('warn'), ['warn', 'error'])
  assert.deepEqual(levels('silent'), [])
})

const names = ['password', 'verifier', 'apiKey', 'authorization', 'token', 'uri', 'connectionString']
const hidden = 'sesame-sesame'

for (const name of names) {
  test(`a ${name} never reaches the output, wherever it stands`, () => {
    const secret = { [name]: hidden, harmless: 'kept' }
    const error = Object.assign(new Error('broken'), secret)
    const lines = logged('debug', logger => {
      logger.info(secret, 'at the top')
      logger.info({ role: secret }, 'inside')
      logger.info({ request: { role: secret } }, 'further inside')
      logger.info({ roles: [secret] }, 'in a list')
      logger.error({ err: error }, 'on an error')
      logger.child(secret).info({}, 'in a child’s fields')
      logger.child({ role: secret }).child({ other: 1 }).info({}, 'inside a child’s fields')
    })
    assert.equal(lines.length, 7)
    for (const line of lines) {
      assert.ok(!JSON.stringify(line).includes(hidden), JSON.stringify(line))
      assert.ok(JSON.stringify(line).includes('kept'), JSON.stringify(line))
      assert.ok(JSON.stringify(line).includes('[secret]'), JSON.stringify(line))
    }
  })
}
