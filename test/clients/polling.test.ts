// Clients that ask until something has ended. The most eager is Terraform's provider: each operation ten times a second,
// all of them side by side, without end.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createNeonClient } from '@neon/sdk'
import { createApiClient, EndpointType, type Operation } from '@neondatabase/api-client'
import { psql, runProgram } from '../fixtures/clients.ts'
import { apiUrl } from '../fixtures/neon-clients.ts'
import { mainScript, Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'

const branchCount = 8

describe('clients that poll', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject({ name: 'shop' })
    await pilotlight.settle(project.id)
  })
  after(() => pilotlight.stop())

  test('each operation ten times a second: nobody is refused, and every operation ends well', async () => {
    const client = createApiClient({ apiKey: pilotlight.apiKey, baseURL: apiUrl(pilotlight) })
    let asked = 0
    async function pollToTheEnd({ id }: Operation): Promise<string> {
      for (;;) {
        const { data } = await client.getProjectOperation(project.id, id)
        asked += 1
        if (!['running', 'scheduling'].includes(data.operation.status)) return data.operation.status
        await sleep(100)
      }
    }
    const ends = await Promise.all(
      Array.from({ length: branchCount }, async (_, index) => {
        const { data } = await client.createProjectBranch(project.id, {
          branch: { name: `polled-${index}` },
          endpoints: [{ type: EndpointType.ReadWrite }],
        })
        return await Promise.all(data.operations.map(pollToTheEnd))
      }),
    )
    assert.deepEqual(
      ends.flat(),
      Array.from({ length: 2 * branchCount }, () => 'finished'),
    )
    assert.ok(asked >= 2 * branchCount)
    assert.equal((await psql(project.uri, 'select 1')).stdout, '1')
  })

  test('the SDK’s waiter, and one that was interrupted and resumed', async () => {
    const neon = createNeonClient({
      apiKey: pilotlight.apiKey,
      baseUrl: apiUrl(pilotlight),
      throwOnError: true,
    })
    const { data } = await pilotlight.api.createProjectBranch(project.id, {
      branch: { name: 'waited' },
      endpoints: [{ type: EndpointType.ReadWrite }],
    })
    const { operations } = data
    // The SDK's types name the same shapes anew.
    type Waited = Parameters<typeof neon.operations.waitFor>[0]
    const waited = { operations } as unknown as Waited
    await neon.operations.waitFor(waited)
    await neon.operations.waitFor(waited)
    const branch = await neon.branches.get({ projectId: project.id, branchId: data.branch.id })
    assert.equal(branch.current_state, 'ready')
  })

  test('our own command line waits too', async () => {
    const answer = await runProgram(process.execPath, [
      ...[mainScript, 'branches', 'create', project.id, '--name', 'ours'],
      ...['--data-dir', pilotlight.dataDir, '--json'],
    ])
    assert.equal(answer.code, 0, answer.stderr)
    const { data } = await pilotlight.api.listProjectBranches({ projectId: project.id, search: 'ours' })
    assert.equal(data.branches[0]!.current_state, 'ready')
  })
})
