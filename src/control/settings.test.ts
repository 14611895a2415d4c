// What may be chosen for computes and projects: refused with the field's name, or passed on.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EndpointWithProject } from '../catalog/endpoints.ts'
import type { EndpointSettings, ProjectSettings } from '../catalog/schema.ts'
import { PilotlightError } from '../contract/errors.ts'
import { whyForbidden } from '../contract/forbidden-settings.ts'
import { checkComputeSettings, type SettingsJudge } from './compute-settings.ts'
import { specOf } from './computes/compute-spec.ts'
import { sizesOf } from './endpoint-requests.ts'
import { checkProjectSettings, mergeProjectSettings } from './project-settings.ts'

function judge(): SettingsJudge & { asked: Record<string, string>[] } {
  const asked: Record<string, string>[] = []
  return {
    asked,
    async checkSettings(_build, settings) {
      asked.push(settings)
      return settings.work_mem === 'bad' ? 'invalid value for parameter "work_mem": "bad"' : null
    },
    preloadLibraries: async () => [
      { name: 'auto_explain', description: '', isDefault: false, version: '17.0' },
      { name: 'pg_stat_statements', description: '', isDefault: true, version: '1.11' },
    ],
  }
}

const refused = (code: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PilotlightError)
  assert.equal(error.code, code)
  assert.match(error.message, message)
  return true
}

test('settings are judged by Postgres, and forbidden ones never get that far', async () => {
  const check = async (pg_settings: Record<string, string>) => {
    const engine = judge()
    await checkComputeSettings(engine, '17-test', 'endpoint.settings', { pg_settings })
    return engine.asked
  }
  assert.deepEqual(await check({ work_mem: '9MB' }), [{ work_mem: '9MB' }])
  assert.deepEqual(await check({}), [])
  await assert.rejects(
    check({ work_mem: 'bad' }),
    refused('invalid_request', /^endpoint\.settings\.pg_settings: invalid value/),
  )
  for (const name of ['fsync', 'FSync', 'archive_command', 'ssl', 'hba_file', 'shared_preload_libraries']) {
    await assert.rejects(
      check({ [name]: 'x' }),
      refused(
        'setting_forbidden',
        new RegExp(`^endpoint\\.settings\\.pg_settings\\.${name} cannot be chosen: `),
      ),
    )
  }
  for (const name of ['', 'a b', 'a=b', '1a', 'a.b.c', 'a\n', "a'", 'ä', '-c']) {
    await assert.rejects(check({ [name]: 'x' }), refused('invalid_request', /no name of a setting/), name)
  }
  for (const value of ['a\nb', 'a\rb', 'a\0b', '\u0007']) {
    await assert.rejects(check({ work_mem: value }), refused('invalid_request', /control characters/))
  }
  await assert.rejects(check({ a: '1', A: '2' }), refused('invalid_request', /given twice/))
})

test('every forbidden name says why, in any case; ordinary ones are free', () => {
  assert.equal(whyForbidden('Restore_Command'), whyForbidden('restore_command'))
  for (const name of ['work_mem', 'max_connections', 'synchronous_commit', 'statement_timeout', 'app.note']) {
    assert.equal(whyForbidden(name), undefined)
  }
})

test('libraries have to be there', async () => {
  const check = (preload_libraries: EndpointSettings['preload_libraries']) =>
    checkComputeSettings(judge(), '17-test', 'project.settings', { preload_libraries })
  await check({ use_defaults: false })
  await check({ enabled_libraries: ['auto_explain', 'pg_stat_statements'] })
  await assert.rejects(
    check({ enabled_libraries: ['auto_explain', '../evil'] }),
    refused(
      'invalid_request',
      /"\.\.\/evil" cannot be preloaded; these can: auto_explain, pg_stat_statements/,
    ),
  )
})

test('addresses have to be some, and presets fit', async () => {
  const check = (ips: string[]) =>
    checkProjectSettings(judge(), '17-test', { settings: { allowed_ips: { ips } } })
  await check(['203.0.113.7', '2001:db8::/32', '10.0.0.1-10.0.0.9'])
  await assert.rejects(check(['203.0.113.7', 'nowhere']), refused('invalid_request', /"nowhere" is neither/))
  await assert.rejects(
    checkProjectSettings(judge(), '17-test', {
      default_endpoint_settings: { autoscaling_limit_min_cu: 4, autoscaling_limit_max_cu: 2 },
    }),
    refused('invalid_request', /must not be larger/),
  )
  await assert.rejects(
    checkProjectSettings(judge(), '17-test', {
      default_endpoint_settings: { pg_settings: { fsync: 'off' } },
    }),
    refused('setting_forbidden', /project\.default_endpoint_settings\.pg_settings\.fsync/),
  )
})

test('a change leaves alone what it does not name, and takes no logical replication back', () => {
  const before: ProjectSettings = { hipaa: true, enable_logical_replication: true }
  const list = { ips: ['203.0.113.7'] }
  assert.deepEqual(mergeProjectSettings(before, { allowed_ips: list }), { ...before, allowed_ips: list })
  assert.deepEqual(mergeProjectSettings(before, { enable_logical_replication: true }), before)
  assert.throws(
    () => mergeProjectSettings(before, { enable_logical_replication: false }),
    refused('invalid_request', /cannot be disabled/),
  )
  assert.deepEqual(mergeProjectSettings({}, { enable_logical_replication: false }), {
    enable_logical_replication: false,
  })
})

test('sizes: one of the two may be left out, and they lie at most eight apart', () => {
  const before = { min: 0.25, max: 0.25 }
  assert.deepEqual(sizesOf({}, before), before)
  assert.deepEqual(sizesOf({ max: 2 }, before), { min: 0.25, max: 2 })
  assert.deepEqual(sizesOf({ min: 2 }, before), { min: 2, max: 2 })
  assert.deepEqual(sizesOf({ min: 8, max: 16 }, before), { min: 8, max: 16 })
  assert.deepEqual(sizesOf({ max: 1 }, { min: 4, max: 8 }), { min: 1, max: 1 })
  assert.throws(() => sizesOf({ min: 7, max: 16 }, before), refused('invalid_request', /8 larger/))
  assert.throws(() => sizesOf({ min: 2, max: 1 }, before), refused('invalid_request', /must not be larger/))
})

test('what the engine is asked for', () => {
  const row = (settings: EndpointSettings, project_settings: ProjectSettings, type = 'read_write') =>
    ({
      id: 'ep-a',
      branch_id: 'br-a',
      type,
      min_cu: 0.5,
      max_cu: 2,
      settings,
      project_settings,
    }) as EndpointWithProject
  const plain = {
    data: { cell: 'local', id: 'br-a' },
    mode: 'rw',
    ...{ vcpu: 2, memoryMb: 2048, memoryMaxMb: 8192, settings: {}, logicalReplication: false },
  }
  assert.deepEqual(specOf('local', row({}, {})), plain)
  const project: ProjectSettings = {
    enable_logical_replication: true,
    preload_libraries: { enabled_libraries: ['auto_explain'] },
  }
  assert.deepEqual(specOf('local', row({ pg_settings: { work_mem: '9MB' } }, project, 'read_only')), {
    ...plain,
    ...{ mode: 'ro', settings: { work_mem: '9MB' }, logicalReplication: true },
    preload: { defaults: true, also: ['auto_explain'] },
  })
  const own = specOf('local', row({ preload_libraries: { use_defaults: false } }, project))
  assert.deepEqual(own.preload, { defaults: false, also: [] })
})
