import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StorageShape } from '../contract/shapes.ts'
import { errorReply, giveTo, project, projectsReply, type Replies } from './testing.ts'

const ofMachine = {
  cloning: 'reflink',
  cloning_reason: 'the file system of /data can clone files',
  data_dir: '/data',
  disk_free_bytes: 50e9,
  disk_total_bytes: 100e9,
} as const
const sizes = (bytes: number, exclusive_bytes: number, history_bytes: number) => ({
  ...{ bytes, exclusive_bytes, history_bytes },
})
const data: Record<string, StorageShape['projects'][number]> = {
  'a-1': {
    id: 'a-1',
    name: 'shop',
    data: [
      { id: 'br-1', name: 'main', kind: 'branch', ...sizes(4e9, 1e9, 16e6) },
      { id: 'br-2', name: 'dev', kind: 'branch', ...sizes(4e9, 2e6, 0) },
      { id: 'br-3', name: 'old', kind: 'deleted', ...sizes(4e9, 0, 0) },
      { id: 'snap-1', name: 'before', kind: 'snapshot', ...sizes(4e9, 0, 0) },
    ],
  },
  'b-2': {
    id: 'b-2',
    name: 'blog',
    data: [{ id: 'br-9', name: 'main', kind: 'branch', ...sizes(3e7, 0, 0) }],
  },
}
const storageReply =
  (more: Partial<StorageShape> = {}): Replies[string] =>
  ({ query }) => {
    const wanted = data[query.get('project_id') ?? '']
    return { body: { ...ofMachine, projects: wanted ? [wanted] : [], ...more } }
  }
const replies = (more: Partial<StorageShape> = {}): Replies => ({
  'GET /projects': projectsReply(project('a-1', 'shop'), project('b-2', 'blog')),
  'GET /pilotlight/storage': storageReply(more),
})

test('storage status lists what each branch costs, and the sums', async () => {
  const { code, stdout } = await giveTo(replies(), ['storage', 'status'])
  assert.equal(code, 0)
  assert.match(stdout, /^Branches +reflink: the file system of \/data can clone files$/m)
  assert.match(stdout, /^Disk +50\.0 GB of 100 GB free \(50 %\) for \/data$/m)
  assert.match(stdout, /^shop +main +4\.0 GB +1\.0 GB +16\.0 MB$/m)
  assert.match(stdout, /^ +dev +4\.0 GB +2\.0 MB +0 B$/m)
  assert.match(stdout, /^ +old \(deleted, can be recovered\)/m)
  assert.match(stdout, /^ +before \(snapshot\)/m)
  assert.match(stdout, /^blog +main/m)
  assert.match(stdout, /^ +total +16\.0 GB +1\.0 GB +16\.0 MB$/m)
  assert.doesNotMatch(stdout, /Little space/)
})

test('storage status of one project', async () => {
  const { stdout, requests } = await giveTo(replies(), ['storage', 'status', 'blog'])
  assert.doesNotMatch(stdout, /shop/)
  const asked = requests.filter(({ path }) => path === '/pilotlight/storage')
  assert.deepEqual(
    asked.map(({ query }) => query.get('project_id')),
    ['b-2'],
  )
  assert.equal((await giveTo(replies(), ['storage', 'status', 'nothing'])).code, 4)
})

test('storage status as JSON has all projects in one object', async () => {
  const { stdout } = await giveTo(replies(), ['storage', 'status', '--json'])
  const found = JSON.parse(stdout) as StorageShape
  assert.deepEqual(found, { ...ofMachine, projects: [data['a-1'], data['b-2']] })
})

test('storage status without a project, and with a full disk', async () => {
  const none = {
    'GET /projects': projectsReply(),
    'GET /pilotlight/storage': storageReply({ disk_free_bytes: 1e9 }),
  }
  const { code, stdout } = await giveTo(none, ['storage', 'status'])
  assert.equal(code, 0)
  assert.match(stdout, /There is no project yet/)
  assert.match(stdout, /Little space/)
})

test('a server of an older version is told as such', async () => {
  const old = { ...replies(), 'GET /pilotlight/storage': errorReply(404, 'route_not_found', 'not here') }
  const { code, stderr } = await giveTo(old, ['storage', 'status'])
  assert.equal(code, 1)
  assert.match(stderr, /different versions/)
})
