import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse } from 'yaml'
import type { ApiKeyKind } from '../../catalog/schema.ts'
import { PilotlightError } from '../../contract/errors.ts'
import * as routes from '../../contract/routes/index.ts'
import { assertMay, classOf, type PathClass, pathClasses } from './access-rules.ts'

const own = 'shiny-wind-02883412'
const keys: Record<ApiKeyKind, { kind: ApiKeyKind; project_id: string | null }> = {
  personal: { kind: 'personal', project_id: null },
  organization: { kind: 'organization', project_id: null },
  project: { kind: 'project', project_id: own },
}

/** `allowed`, or the error's code. */
function verdict(kind: ApiKeyKind, method: string, path: string): string {
  try {
    assertMay(keys[kind], { method, path })
    return 'allowed'
  } catch (error) {
    assert.ok(error instanceof PilotlightError)
    return error.code
  }
}

interface Call {
  operationId: string
  method: string
  path: string
}

/** Neon's operations and ours, with their paths as templates. */
async function allCalls(): Promise<Call[]> {
  const file = new URL(import.meta.resolve('@neondatabase/api-client/public-v2-for-users.gen.yaml'))
  const document = parse(await readFile(file, 'utf8')) as {
    paths: Record<string, Record<string, { operationId?: string }>>
  }
  const theirs = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { operationId }]) =>
      operationId ? [{ operationId, method: method.toUpperCase(), path }] : [],
    ),
  )
  const ours = Object.values(routes).flatMap(route =>
    typeof route === 'object' && 'operationId' in route
      ? [{ operationId: route.operationId, method: route.method.toUpperCase(), path: route.path }]
      : [],
  )
  return [...theirs, ...ours]
}

const filled = (path: string, projectId: string) =>
  path.replace('{project_id}', projectId).replace(/\{\w+\}/g, 'x')

test('each kind of key, at each operation of Neon’s document and of ours', async () => {
  const calls = await allCalls()
  assert.ok(calls.length > 160)
  const seen = new Set<PathClass>()
  for (const { operationId, method, path } of calls) {
    const pathClass = classOf(method, filled(path, own))
    seen.add(pathClass)
    const [personal, organization, project] = (['personal', 'organization', 'project'] as const).map(kind =>
      verdict(kind, method, filled(path, own)),
    )
    assert.equal(personal, 'allowed', operationId)
    if (pathClass === 'user' || pathClass === 'organization keys') {
      assert.equal(organization, 'not_for_organization_keys', operationId)
      assert.equal(project, 'not_for_organization_keys', operationId)
    } else {
      assert.equal(organization, 'allowed', operationId)
      const expected =
        pathClass === 'identity' || pathClass === 'project'
          ? 'allowed'
          : pathClass === 'project owner'
            ? 'key_forbidden'
            : 'outside_key_project'
      assert.equal(project, expected, operationId)
    }
    // Whatever it is: another's project is out of reach, and is not told from one that is not there.
    if (path.startsWith('/projects/{project_id}')) {
      for (const id of ['other-rain-12345678', `${own}0`, own.slice(1)]) {
        assert.equal(verdict('project', method, filled(path, id)), 'outside_key_project', operationId)
      }
    } else {
      assert.notEqual(pathClass, 'project', operationId)
    }
  }
  assert.deepEqual([...seen].sort(), [...pathClasses].sort())
})

test('what a project-scoped key may not, by name', async () => {
  const refused = (await allCalls())
    .filter(({ method, path }) => verdict('project', method, filled(path, own)) === 'key_forbidden')
    .map(({ operationId }) => operationId)
  assert.deepEqual([...new Set(refused)].sort(), [
    'acceptProjectTransferRequest',
    'createProjectTransferRequest',
    'deleteProject',
    'grantPermissionToProject',
    'recoverProject',
    'revokePermissionFromProject',
  ])
})

test('what only a personal key may, by name', async () => {
  const refused = (await allCalls())
    .filter(({ method, path }) => verdict('organization', method, filled(path, own)) !== 'allowed')
    .map(({ operationId }) => operationId)
  assert.deepEqual([...new Set(refused)].sort(), [
    'createApiKey',
    'createOrgApiKey',
    'getCurrentUserInfo',
    'listApiKeys',
    'revokeApiKey',
    'revokeOrgApiKey',
    'transferProjectsFromUserToOrg',
  ])
})

const odd: [string, string, string][] = [
  ['GET', '/projects/', 'outside_key_project'],
  ['GET', '/projects//branches', 'outside_key_project'],
  ['DELETE', `/projects/${own}/`, 'key_forbidden'],
  ['GET', `/projects/${own.toUpperCase()}`, 'outside_key_project'],
  ['GET', `/projects/${own}/unknown`, 'allowed'],
  ['POST', '/unknown', 'outside_key_project'],
  ['GET', '', 'outside_key_project'],
  ['GET', '/projects/shared', 'outside_key_project'],
  ['POST', `/projects/${own}/transfer_requests`, 'key_forbidden'],
  ['GET', `/projects/${own}/permissions`, 'allowed'],
  ['HEAD', `/projects/${own}`, 'allowed'],
]
for (const [method, path, expected] of odd) {
  test(`a project-scoped key at ${method} ${path || 'nothing'}: ${expected}`, () =>
    assert.equal(verdict('project', method, path), expected))
}
