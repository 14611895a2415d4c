// Every operation of Neon's document, called by its own client against the real program. Each reply is held against
// the document; an operation that no call names has to be in the table of what is not ours, and to answer as that says.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ContentType } from '@neondatabase/api-client'
import { openApiDocument } from '../../src/api/openapi.ts'
import { notOurs } from '../../src/contract/routes/index.ts'
import { contractChecker, contractFetch } from '../fixtures/contract.ts'
import { neonContract, type Operation } from '../fixtures/contract-document.ts'
import { ourFields } from '../fixtures/contract-ours.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'
import { type Call, ifCopiesAreCheap, type World } from './calls.ts'
import { callsOfAccounts } from './calls-of-accounts.ts'
import { callsOfBranches, lastCallsOfBranches } from './calls-of-branches.ts'
import { callsOfContents } from './calls-of-contents.ts'
import { callsOfProjects, lastCallsOfProjects } from './calls-of-projects.ts'

const calls: Call[] = [
  ...callsOfAccounts,
  ...callsOfProjects,
  ...callsOfContents,
  ...callsOfBranches,
  ...lastCallsOfBranches,
  ...lastCallsOfProjects,
]

describe('operations of the document', () => {
  let pilotlight: Pilotlight
  let world: World
  before(async () => {
    pilotlight = await Pilotlight.start()
    const project = await pilotlight.createProject({ name: 'first' })
    await pilotlight.settle(project.id)
    const made = new Map<string, string>()
    world = {
      ...{ pilotlight, api: pilotlight.api, project, made },
      copiesAreCheap: await copiesAreCheap(pilotlight),
      settle: () => pilotlight.settle(project.id),
      the: what => {
        const id = made.get(what)
        if (id === undefined) throw new Error(`there is no ${what}: the call that makes it has failed`)
        return id
      },
    }
  })
  after(() => pilotlight.stop())

  for (const [operationId, status, call] of calls) {
    test(`${operationId} answers ${status}`, async () => {
      const expected = status === ifCopiesAreCheap ? (world.copiesAreCheap ? 200 : 404) : status
      assert.equal((await call(world)).status, expected)
      assert.ok(contractChecker.seen.get(operationId)?.has(expected), 'the call went elsewhere')
    })
  }

  const named = new Set(calls.map(([operationId]) => operationId))
  const others = new Map(notOurs.map(({ route, answer }) => [route.operationId, answer]))
  for (const operation of neonContract.operations.filter(({ operationId }) => !named.has(operationId))) {
    const answer = others.get(operation.operationId)
    test(`${operation.operationId} is not ours: ${JSON.stringify(answer)}`, async () => {
      assert.ok(answer, 'it is neither called here nor in the table of what is not ours')
      const { status, data } = await callAsWritten(world, operation)
      if (answer === 'absent') assert.equal(status, 404)
      else if (answer === 'unavailable') assert.equal(status, 501)
      else assert.deepEqual(data, answer)
      assert.match((data as { code?: string }).code ?? '', /^$|_absent$|^not_available$/)
    })
  }

  test('the fields that we add are all in use', () => {
    assert.deepEqual([...contractChecker.fieldsSeen].sort(), [...ourFields].sort())
  })

  test('what we serve is told to anybody, without a key', async () => {
    const answer = await contractFetch(`${pilotlight.run.apiUrl}/api/v2/openapi.json`)
    assert.equal(answer.status, 200)
    assert.deepEqual(await answer.json(), JSON.parse(JSON.stringify(openApiDocument())))
  })

  test('the calls name operations of the document', () => {
    const documented = new Set(neonContract.operations.map(({ operationId }) => operationId))
    assert.deepEqual(
      [...named].filter(operationId => !documented.has(operationId)),
      [],
    )
  })
})

/** By the client's own door for requests, with an empty body; for what has nothing to say but that it is not here. */
async function callAsWritten(
  { api, project, the }: World,
  { method, path }: Operation,
): Promise<{ status: number; data: unknown }> {
  const values: Record<string, string> = {
    project_id: project.id,
    branch_id: project.branchId,
    database_name: project.database,
    org_id: the('organization'),
  }
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'none')
  return api.request({
    ...{ path: filled, method, secure: true, format: 'json' as const },
    ...(method !== 'GET' && { body: {}, type: ContentType.Json }),
    validateStatus: () => true,
  })
}

/** Asked by hand: it is no path of Neon's. */
async function copiesAreCheap({ run, apiKey }: Pilotlight): Promise<boolean> {
  const answer = await contractFetch(`${run.apiUrl}/api/v2/pilotlight/machine`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  return ((await answer.json()) as { cloning: string }).cloning !== 'copy'
}
