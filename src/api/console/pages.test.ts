import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Hono } from 'hono'
import type { ApiEnv } from '../serve.ts'
import { servePages } from './pages.ts'

let directory: string
const app = new Hono<ApiEnv>()

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'pilotlight-test-'))
  servePages(app, directory)
})
after(() => rm(directory, { recursive: true, force: true }))

const browser = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('before it is built it says how to build it', async () => {
  const answer = await app.request('/')
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /npm run build/)
})

test('pages, files, and what is neither', async () => {
  await mkdir(join(directory, 'assets'))
  await writeFile(join(directory, 'index.html'), '<title>Pilotlight</title>')
  await writeFile(join(directory, 'assets', 'index-abc.js'), 'export {}')
  const rows: [string, Record<string, string>, number, string | undefined][] = [
    ['/', {}, 200, 'text/html; charset=utf-8'],
    ['/sign-in', {}, 200, 'text/html; charset=utf-8'],
    ['/projects/a/branches/b', {}, 200, 'text/html; charset=utf-8'],
    ['/assets/index-abc.js', {}, 200, 'text/javascript; charset=utf-8'],
    // A person is told in words, a program by its status; a script of an older build is not answered with a page.
    ['/no-such', browser, 404, 'text/html; charset=utf-8'],
    ['/no-such', {}, 404, 'text/plain; charset=UTF-8'],
    ['/assets/index-old.js', { Accept: '*/*' }, 404, 'text/plain; charset=UTF-8'],
    ['/api/v2/no-such', browser, 404, 'text/plain; charset=UTF-8'],
    ['/../package.json', {}, 404, 'text/plain; charset=UTF-8'],
    ['/assets/..%2f..%2fetc/passwd', {}, 404, 'text/plain; charset=UTF-8'],
  ]
  for (const [path, headers, status, type] of rows) {
    const answer = await app.request(path, { headers })
    assert.equal(answer.status, status, path)
    assert.equal(answer.headers.get('Content-Type'), type, path)
  }
})

test('nothing but what is ours may run; files that never change are kept', async () => {
  const page = await app.request('/')
  const policy = page.headers.get('Content-Security-Policy') ?? ''
  for (const part of ["default-src 'none'", "script-src 'self';", "frame-ancestors 'none'"])
    assert.ok(policy.includes(part), policy)
  assert.equal(page.headers.get('Cache-Control'), 'no-cache')
  const script = await app.request('/assets/index-abc.js')
  assert.equal(script.headers.get('Content-Security-Policy'), policy)
  assert.match(script.headers.get('Cache-Control') ?? '', /immutable/)
})

test('what is large comes compressed; only its size is told to who asks for no more', async () => {
  await writeFile(join(directory, 'assets', 'large.js'), 'export const a = 1\n'.repeat(1000))
  const headers = { 'Accept-Encoding': 'gzip, br' }
  const large = await app.request('/assets/large.js', { headers })
  assert.equal(large.headers.get('Content-Encoding'), 'gzip')
  assert.ok((await large.arrayBuffer()).byteLength < 1000)
  const plain = await app.request('/assets/large.js')
  assert.equal(plain.headers.get('Content-Encoding'), null)
  assert.equal((await plain.text()).length, 19_000)
  const head = await app.request('/assets/large.js', { method: 'HEAD' })
  assert.equal(head.headers.get('Content-Length'), '19000')
  assert.equal(await head.text(), '')
})
