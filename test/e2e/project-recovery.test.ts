// A project that was deleted, on a file system where that is taken back: sessions end, control is killed, and everything
// is there again at the same host names.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { EndpointType } from '@neondatabase/api-client'
import { mountedFileSystem } from '../../src/engine/local/storage/mounts.ts'
import { connect, query } from '../fixtures/clients.ts'
import { eventually } from '../fixtures/eventually.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

test('a project comes back whole', async t => {
  const mount = await mountedFileSystem(t, 'xfs', '2G')
  if (mount === null) return
  const pilotlight = await Pilotlight.start({ dataDir: join(mount, 'data') })
  try {
    const { api } = pilotlight
    const project = await pilotlight.createProject({ name: 'shop' })
    const run = (sql: string, at: ProjectDetails) => query<{ text: string }>(pilotlight, at, sql)
    await run('create table note (text text)', project)
    await run(`insert into note values ('kept')`, project)
    const { data: made } = await api.createProjectBranch(project.id, {
      branch: { name: 'dev' },
      endpoints: [{ type: EndpointType.ReadWrite }],
    })
    const dev = {
      ...project,
      ...{ branchId: made.branch.id, endpointId: made.endpoints[0]!.id, host: made.endpoints[0]!.host },
    }
    await run(`insert into note values ('of dev')`, dev)
    await api.createSnapshot({ projectId: project.id, branchId: project.branchId, name: 'noon' })
    await pilotlight.settle(project.id)

    const session = await connect(pilotlight, project)
    const ended = new Promise<void>(resolve => session.once('end', () => resolve()))
    await api.deleteProject(project.id)
    await ended
    await assert.rejects(connect(pilotlight, project))
    const { data: gone } = await api.listProjects({ recoverable: true })
    assert.deepEqual(
      gone.projects.map(({ name }) => name),
      ['shop'],
    )
    const [control] = pilotlight.children('control-process')
    process.kill(control!, 'SIGKILL')
    await eventually(() => pilotlight.children('control-process').some(pid => pid !== control), {
      timeoutMs: 60_000,
      about: () => 'another control',
    })
    await eventually(() => pilotlight.computes().length === 0, {
      timeoutMs: 60_000,
      about: () => 'no compute of a deleted project to run',
    })

    let branches: string[] = []
    const recover = async () => {
      try {
        const { data } = await api.recoverProject(project.id)
        branches = data.branches.map(({ name }) => name).sort()
        return true
      } catch (error) {
        // Nothing listens yet.
        if ((error as { response?: unknown }).response) throw error
        return false
      }
    }
    await eventually(recover, { timeoutMs: 60_000, about: () => 'the project to be recovered' })
    assert.deepEqual(branches, ['dev', 'main'])
    const texts = async (at: ProjectDetails) =>
      (await run('select text from note order by text', at)).map(({ text }) => text)
    assert.deepEqual(await texts(project), ['kept'])
    assert.deepEqual(await texts(dev), ['kept', 'of dev'])
    const { data: snapshots } = await api.listSnapshots(project.id)
    assert.deepEqual(
      snapshots.snapshots.map(({ name }) => name),
      ['noon'],
    )
    await pilotlight.settle(project.id)
  } finally {
    await pilotlight.stop()
  }
})
