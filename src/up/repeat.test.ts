import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FileStates } from './repeat.ts'

test('files have changed when they are written, removed, or opened to us', async t => {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-states-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const file = join(dir, 'a')
  const states = new FileStates([file, join(dir, 'b')])
  const settle = async (why: string) => {
    assert.equal(await states.haveChanged(), true, why)
    assert.equal(await states.haveChanged(), false, `${why}: once`)
  }
  await settle('never asked before')
  await writeFile(file, 'one')
  await settle('written')
  // The clock of a file system may stand still for some milliseconds.
  await new Promise(resolve => setTimeout(resolve, 20))
  await chmod(file, 0o400)
  await settle('what could not be read can be')
  states.forget()
  await settle('what was read did not serve')
  await rm(file)
  await settle('removed')
})
