import assert from 'node:assert/strict'
import { test } from 'node:test'
import { branch, database, errorReply, giveTo, project, projectsReply, type Replies } from './testing.ts'

const used = {
  ...{ active_time_seconds: 5400, compute_time_seconds: 1350, written_data_bytes: 2_500_000 },
  ...{ data_transfer_bytes: 7_000, synthetic_storage_size: 40_000_000 },
  ...{ consumption_period_start: '2026-01-01T00:00:00Z', consumption_period_end: '2026-02-01T00:00:00Z' },
}
const shop = { ...project('a-1', 'shop'), ...used }

const replies = (settings: object = {}): Replies => ({
  'GET /projects': projectsReply(project('a-1', 'shop'), project('b-2', 'blog')),
  'GET /projects/a-1': { body: { project: { ...shop, settings } } },
  'GET /projects/b-2': errorReply(404, 'project_not_found', 'project not found'),
  'GET /projects/a-1/branches': {
    body: {
      branches: [{ ...branch, project_id: 'a-1', ...used, logical_size: 30_000_000 }],
      annotations: {},
      pagination: {},
    },
  },
})

test('usage of all projects; one that was deleted meanwhile is left out', async () => {
  const { code, stdout } = await giveTo(replies(), ['usage'])
  assert.equal(code, 0)
  assert.match(stdout, /^PROJECT +AWAKE +COMPUTE +WRITTEN +SENT +SIZE +QUOTA$/m)
  assert.match(stdout, /^shop +2 h +23 min +2\.5 MB +7\.0 kB +40\.0 MB *$/m)
  assert.doesNotMatch(stdout, /blog/)
})

test('usage of one project: its branches, and the quotas that are set', async () => {
  const quota = { written_data_bytes: 2_000_000, active_time_seconds: 36_000, logical_size_bytes: 10_000_000 }
  const { stdout } = await giveTo(replies({ quota }), ['usage', 'shop'])
  assert.match(stdout, /^Since 2026-01-01$/m)
  assert.match(stdout, /^main +2 h +23 min +2\.5 MB +7\.0 kB +30\.0 MB$/m)
  assert.match(stdout, /^all +2 h +23 min +2\.5 MB +7\.0 kB +40\.0 MB$/m)
  assert.match(stdout, /^Quota {2}awake: 2 h of 10 h$/m)
  assert.match(stdout, /^Quota {2}written: 2\.5 MB of 2\.0 MB: computes stay asleep until 2026-02-01$/m)
  assert.match(stdout, /^Quota {2}largest branch: 30\.0 MB of 10\.0 MB: sessions on it begin read-only$/m)
  assert.match(
    (await giveTo(replies({ quota }), ['usage'])).stdout,
    /^shop .* used up *$/m,
    'in the list of all, too',
  )
  assert.doesNotMatch((await giveTo(replies(), ['usage', 'shop'])).stdout, /Quota/)
})

test('usage as JSON has the objects of the API', async () => {
  const one = JSON.parse((await giveTo(replies(), ['usage', 'shop', '--json'])).stdout)
  assert.equal(one.project.written_data_bytes, 2_500_000)
  assert.equal(one.branches[0].logical_size, 30_000_000)
  const all = JSON.parse((await giveTo(replies(), ['usage', '--json'])).stdout)
  assert.deepEqual(
    all.projects.map(({ name }: { name: string }) => name),
    ['shop'],
  )
})

test('advisors: the worst first, as the API has them, and nothing that steers a terminal', async () => {
  const issue = (level: string, detail: string) => ({
    ...{
      name: 'no_primary_key',
      title: 'No Primary Key',
      level,
      facing: 'EXTERNAL',
      categories: ['PERFORMANCE'],
    },
    ...{ description: '', detail, remediation: 'https://example.com', metadata: {}, cache_key: 'k' },
  })
  const issues = [issue('ERROR', 'Table `a` is \u001b[2Jbad'), issue('INFO', 'Table `b` is slow')]
  const given: Replies = {
    ...replies(),
    'GET /projects/a-1/branches/br-main/databases': { body: { databases: [database] } },
    'GET /projects/a-1/advisors': { body: { issues } },
  }
  const { stdout, requests } = await giveTo(given, ['advisors', 'shop', '--min-severity', 'WARN'])
  assert.match(
    stdout,
    /^ERROR {2}Table `a` is \[2Jbad\n {7}no_primary_key: https:\/\/example\.com\nINFO {3}Table `b`/,
  )
  const { query } = requests.find(({ path }) => path === '/projects/a-1/advisors')!
  assert.deepEqual(Object.fromEntries(query), {
    ...{ branch_id: 'br-main', database_name: 'neondb', min_severity: 'WARN' },
  })
  const none = { ...given, 'GET /projects/a-1/advisors': { body: { issues: [] } } }
  assert.equal((await giveTo(none, ['advisors', 'shop'])).stdout, 'Nothing to say about neondb of main.\n')
  assert.equal((await giveTo(given, ['advisors', 'shop', '--category', 'LOOKS'])).code, 2)
})
