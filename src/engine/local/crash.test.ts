// Control is killed in the middle of its work. What it had acknowledged is there; what it had not is not half-made; the
// same calls lead to the same end.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { dayOfHistory, specOf } from '../conformance/helpers.ts'
import { admin, value } from '../conformance/sql.ts'
import { localHarness } from './local-harness.ts'

const program = (dataDir: string): string => `
  const { createLocalEngine } = await import(${JSON.stringify(fileURLToPath(new URL('./index.ts', import.meta.url)))})
  const { systemClock } = await import(${JSON.stringify(fileURLToPath(new URL('../../lib/clock.ts', import.meta.url)))})
  const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger }
  const engine = await createLocalEngine({ dataDir: ${JSON.stringify(dataDir)}, logger, clock: systemClock, prepare: [17] })
  await engine.prepared
  console.log('begin')
  for (let n = 0; ; n++) {
    const data = { cell: 'local', id: 'br-' + process.pid + '-' + n }
    const compute = { cell: 'local', id: 'ep-' + process.pid + '-' + n }
    await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, { windowSeconds: 3600 })
    console.log('data ' + data.id)
    await engine.ensureRunning(compute, 1, { data, mode: 'rw', vcpu: 1, memoryMb: 1024, settings: {} })
    console.log('compute ' + compute.id)
  }`

test('control may be killed at any moment', { timeout: 180_000 }, async () => {
  const harness = await localHarness(17)
  let failed = true
  try {
    for (const delayMs of [0, 110, 230, 280, 310, 340]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program(harness.dataDir)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      const begun = new Promise<void>((resolve, reject) => {
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          output += text
          if (output.includes('begin')) resolve()
        })
        child.once('exit', () => reject(new Error('the program ended before it began')))
      })
      await begun
      await new Promise(resolve => setTimeout(resolve, delayMs))
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit

      const engine = await harness.open()
      const names = await readdir(join(harness.dataDir, 'data'))
      assert.deepEqual(
        names.filter(name => name.startsWith('.')),
        [],
      )
      const told = (kind: string) =>
        [...output.matchAll(new RegExp(`^${kind} (\\S+)$`, 'gm'))].map(match => match[1]!)
      for (const id of told('data')) {
        assert.equal((await engine.observe({ cell: 'local', id })).phase, 'ready', id)
      }
      // Whatever stage each one had reached, asking again for all of it gives all of it.
      for (let n = 0; n <= told('data').length; n++) {
        const data = { cell: 'local', id: `br-${child.pid}-${n}` }
        const compute = { cell: 'local', id: `ep-${child.pid}-${n}` }
        await engine.ensureData(data, 1, { from: 'empty', pgMajor: 17 }, dayOfHistory)
        const { phase } = await engine.ensureRunning(compute, 1, specOf(data))
        assert.equal(phase, 'ready')
        assert.equal(await value(await admin(engine, compute), 'select 1'), 1)
        assert.equal(await harness.servers(data), 1)
        await engine.ensureStopped(compute, 2, 'fast')
        await engine.ensureGone(compute, 2)
        await engine.ensureGone(data, 2)
      }
      await engine.close()
    }
    failed = false
  } finally {
    await harness.destroy(failed)
  }
})
