import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EngineError } from '../../engine.ts'
import { needsRestart, renderConf } from './conf.ts'
import { fixedSize } from './size.ts'

const machine = { memoryMb: 64_000, cpus: 8 }
const place = { machine, socketDir: '/run/a, b/socket' }
const options = { major: 17, size: fixedSize(1024), ...place, settings: {}, syncfs: true }

test('the engine keeps what it promises with', () => {
  const conf = renderConf(options)
  for (const line of [
    "listen_addresses = ''",
    "fsync = 'on'",
    "full_page_writes = 'on'",
    `unix_socket_directories = '"/run/a, b/socket"'`,
    "shared_buffers = '16MB'",
  ]) {
    assert.ok(conf.includes(`${line}\n`), line)
  }
  assert.ok(!conf.includes('io_method'))
  assert.ok(renderConf({ ...options, major: 18 }).includes("io_method = 'sync'"))
})

test('a setting of the caller wins, and cannot break out of its line', () => {
  const settings = { work_mem: '7MB', 'pg_stat_statements.track': "a'b\\" }
  const conf = renderConf({ ...options, settings })
  assert.ok(conf.includes("work_mem = '7MB'\n"))
  assert.ok(conf.includes("pg_stat_statements.track = 'a''b\\\\'\n"))
  for (const settings of [
    { fsync: 'off' },
    { LISTEN_ADDRESSES: '*' },
    { 'work_mem = 1\nfsync': 'off' },
    { work_mem: '1\nfsync = off' },
  ] as Record<string, string>[]) {
    assert.throws(() => renderConf({ ...options, settings }), EngineError)
  }
})

test('only what needs a restart asks for one', () => {
  const before = renderConf(options)
  const after = (settings: Record<string, string>) => renderConf({ ...options, settings })
  assert.equal(needsRestart(before, before), false)
  assert.equal(needsRestart(before, after({ work_mem: '7MB' })), false)
  assert.equal(needsRestart(before, after({ max_connections: '20' })), true)
  assert.equal(needsRestart(before, renderConf({ ...options, logicalReplication: true })), true)
  assert.equal(needsRestart(renderConf({ ...options, preload: ['x'] }), before), true)
  assert.equal(needsRestart(before, renderConf({ ...options, size: fixedSize(4096) })), true)
})
