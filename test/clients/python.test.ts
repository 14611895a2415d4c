// The Python package `neon-api`: its whole surface, in one script that its users could have written.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../fixtures/clients.ts'
import { clientEnvironment, clientsPython } from '../fixtures/neon-clients.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

const script = fileURLToPath(new URL('packages/neon_api_tour.py', import.meta.url))

describe('the Python package neon-api', () => {
  let pilotlight: Pilotlight
  let home: string
  before(async () => {
    pilotlight = await Pilotlight.start()
    home = mkdtempSync(join(tmpdir(), 'pilotlight-neon-api-'))
  })
  after(async () => {
    rmSync(home, { recursive: true, force: true })
    await pilotlight.stop()
  })

  test('every method that it has', async () => {
    const { code, stdout, stderr } = await runProgram(clientsPython(), [script], {
      env: { ...clientEnvironment(pilotlight, home), PYTHONDONTWRITEBYTECODE: '1' },
    })
    assert.equal(code, 0, `${stdout}\n${stderr}`)
    const called = new Set(stdout.split('\n'))
    const { stdout: all } = await runProgram(clientsPython(), [
      '-c',
      'import neon_api\nfor name in vars(neon_api.NeonAPI):\n  if name[0] != "_" and name != "from_environ": print(name)',
    ])
    assert.deepEqual(
      all.split('\n').filter(name => !called.has(name)),
      [],
      'methods that the script does not call',
    )
  })
})
