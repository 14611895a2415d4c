// "Test this connection", against the real program.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { ConsoleConnectionTest } from '../../src/contract/console-connection-test.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { ensureCertificates } from '../../src/proxy/index.ts'
import { query } from '../fixtures/clients.ts'
import { Pilotlight, type ProjectDetails } from '../fixtures/pilotlight.ts'
import { SignedIn } from './signed-in.ts'

describe('a connection that is tested', () => {
  let pilotlight: Pilotlight
  let project: ProjectDetails
  let console: SignedIn

  before(async () => {
    pilotlight = await Pilotlight.start()
    project = await pilotlight.createProject()
    await pilotlight.settle(project.id)
    console = await SignedIn.open(pilotlight)
  })
  after(() => pilotlight?.stop())

  const ask = async (how: object = {}): Promise<Response> =>
    await console.post('/connection_test', {
      ...{
        project_id: project.id,
        branch_id: project.branchId,
        database: project.database,
        role: project.role,
      },
      ...how,
    })
  const run = async (how: object = {}): Promise<ConsoleConnectionTest> => {
    const response = await ask(how)
    assert.equal(response.status, 200)
    return (await response.json()) as ConsoleConnectionTest
  }
  const outcomes = ({ steps }: ConsoleConnectionTest) => steps.map(({ outcome }) => outcome)

  test('a sleeping database is woken, and each step is told', async () => {
    await pilotlight.suspend(project)
    const result = await run()
    assert.deepEqual(
      result.steps.map(({ step }) => step),
      ['resolve', 'connect', 'tls', 'login', 'query'],
    )
    assert.deepEqual(outcomes(result).slice(1), ['ok', 'ok', 'ok', 'ok'])
    assert.deepEqual(
      [result.connected, result.certificate_verified, result.woke, result.host, result.port],
      [true, true, true, project.host, pilotlight.run.pgPort],
    )
    assert.match(result.server_version ?? '', /^PostgreSQL \d+/)
    assert.equal(result.host_resolves, pilotlight.run.hostsResolve)
    assert.equal(result.steps[0]?.outcome, pilotlight.run.hostsResolve ? 'ok' : 'failed')
    assert.equal((await run()).woke, false)
  })

  test('a database that takes nobody is the login’s failure, with what to do', async () => {
    const { id, branchId, role } = project
    const database = { name: 'full', owner_name: role }
    await pilotlight.api.createProjectBranchDatabase(id, branchId, { database })
    await pilotlight.settle(id)
    assert.equal((await run({ database: 'full' })).connected, true)
    await query(pilotlight, project, 'alter database "full" connection limit 0')
    const full = await run({ database: 'full' })
    assert.deepEqual(outcomes(full).slice(1), ['ok', 'ok', 'failed', 'skipped'])
    const error = full.steps[3]?.error
    assert.equal(error?.code, '53300')
    assert.match(error?.message ?? '', /too many connections for database "full"/)
    assert.match(error?.remedy ?? '', /Close connections/)
    assert.deepEqual([full.connected, full.server_version], [false, null])
  })

  test('IP allow counts, as for a program on this machine', async () => {
    const allow = async (ips: string[]) =>
      await pilotlight.api.updateProject(project.id, {
        project: { settings: { allowed_ips: { ips, protected_branches_only: false } } },
      })
    await allow(['203.0.113.1'])
    try {
      const refused = await run()
      assert.equal(refused.steps[3]?.error?.code, 'address_not_allowed')
      assert.match(refused.steps[3]?.error?.remedy ?? '', /allowed_ips/)
    } finally {
      await allow([])
    }
  })

  test('a disabled compute says so', async () => {
    await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, {
      endpoint: { disabled: true },
    })
    try {
      assert.equal((await run()).steps[3]?.error?.code, 'endpoint_disabled')
    } finally {
      await pilotlight.api.updateProjectEndpoint(project.id, project.endpointId, {
        endpoint: { disabled: false },
      })
    }
  })

  test('an authority that is not the proxy’s is found out before a password is shown', async () => {
    const { caFile, hostSuffix } = pilotlight.run
    const dir = mkdtempSync(join(tmpdir(), 'pilotlight-test-tls-'))
    const other = await ensureCertificates({ dir, hostSuffix, clock: systemClock })
    const own = readFileSync(caFile)
    writeFileSync(caFile, other.caPem)
    try {
      const result = await run()
      assert.deepEqual(outcomes(result).slice(1), ['ok', 'failed', 'skipped', 'skipped'])
      assert.deepEqual(
        [result.steps[2]?.error?.code, result.certificate_verified],
        ['certificate_refused', false],
      )
    } finally {
      writeFileSync(caFile, own)
      rmSync(dir, { recursive: true })
    }
  })

  test('what cannot be tried is refused with a status', async () => {
    for (const [how, code] of [
      [{ branch_id: 'br-no-such-00000000' }, 'branch_not_found'],
      [{ endpoint_id: 'ep-no-such-00000000' }, 'endpoint_not_found'],
      [{ database: 'no_such' }, 'database_not_found'],
      [{ role: 'nobody' }, 'role_not_found'],
      [{ role: 7 }, 'invalid_request'],
    ] as const) {
      const body = (await (await ask(how)).json()) as { code: string }
      assert.equal(body.code, code)
    }
  })
})
