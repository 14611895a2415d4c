import assert from 'node:assert/strict'
import { chmod, lstat, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { PostgresBuild } from '../../engine.ts'
import { temporaryDir } from '../local-harness.ts'
import { buildOf, chooseBuild } from './builds.ts'
import { findEmbedded } from './embedded.ts'
import { isWhole, placeBuild } from './placed.ts'
import { compareVersions, parseVersion } from './version.ts'

const build = (id: string): PostgresBuild => {
  const [version, source] = id.split('-') as [string, PostgresBuild['source']]
  return { id, version, source, major: Number.parseInt(version, 10), binDir: '', clientTools: null }
}

test('versions are read as Postgres and its packagers write them', () => {
  assert.deepEqual(parseVersion('postgres (PostgreSQL) 17.10\n'), { major: 17, version: '17.10' })
  assert.deepEqual(parseVersion('postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)'), {
    major: 15,
    version: '15.18',
  })
  assert.deepEqual(parseVersion('postgres (PostgreSQL) 19beta1'), { major: 19, version: '19beta1' })
  assert.equal(parseVersion('pgbouncer 1.25'), null)
  assert.ok(compareVersions('17.10', '17.9') > 0)
})

describe('which build', () => {
  const builds = ['15.18-system', '17.9-embedded', '17.10-embedded', '17.11-system', '18.4-system'].map(build)

  test('a new branch gets ours before the system’s, the newest first', () => {
    assert.equal(chooseBuild(builds, 17).id, '17.10-embedded')
    assert.equal(chooseBuild(builds, 18).id, '18.4-system')
    assert.throws(() => chooseBuild(builds, 16), {
      code: 'invalid',
      message: /no Postgres 16 .* 17\.9-embedded/,
    })
  })

  test('a branch stays on its build, or goes on to a later minor version from the same place', () => {
    assert.equal(buildOf(builds, '17.9-embedded').id, '17.9-embedded')
    assert.equal(buildOf(builds, '15.17-system').id, '15.18-system')
    assert.throws(() => buildOf(builds, '15.19-system'), { code: 'invalid' })
    assert.throws(() => buildOf(builds, '18.3-embedded'), { code: 'invalid' })
  })
})

test('the packages are found by walking up', async t => {
  const root = await temporaryDir()
  t.after(() => rm(root, { recursive: true, force: true }))
  const native = join(root, 'node_modules', `postgres-16-${process.platform}-${process.arch}`, 'native')
  await mkdir(join(native, 'bin'), { recursive: true })
  await writeFile(join(native, 'bin/postgres'), '')
  await mkdir(join(root, 'node_modules/pilotlight/src'), { recursive: true })
  const found = await findEmbedded(join(root, 'node_modules/pilotlight/src'))
  assert.ok(found.some(one => one.native === native))
})

describe('a placed build', () => {
  const fixture = async () => {
    const root = await temporaryDir()
    const native = join(root, 'native')
    await mkdir(join(native, 'bin'), { recursive: true })
    await mkdir(join(native, 'lib/postgresql'), { recursive: true })
    await mkdir(join(native, 'share/extension'), { recursive: true })
    await writeFile(join(native, 'bin/postgres'), 'binary', { mode: 0o755 })
    await writeFile(join(native, 'lib/libpq.so.5.17'), 'library')
    await writeFile(join(native, 'lib/private.so'), 'library')
    await chmod(join(native, 'lib/private.so'), 0o600)
    await symlink('libpq.so.5.17', join(native, 'lib/libpq.so.5'))
    const links = [{ source: 'native/lib/libpq.so.5.17', target: 'native/lib/libpq.so' }]
    await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links))
    return { root, native, postgres: join(root, 'postgres') }
  }

  test('costs no space, has its links, and can be read by everybody', async t => {
    const { root, native, postgres } = await fixture()
    t.after(() => rm(root, { recursive: true, force: true }))
    const placed = await placeBuild(native, postgres, '17.10-embedded')
    assert.equal(
      (await stat(join(placed, 'bin/postgres'))).ino,
      (await stat(join(native, 'bin/postgres'))).ino,
    )
    assert.ok((await lstat(join(placed, 'lib/libpq.so'))).isSymbolicLink())
    assert.equal(await readFile(join(placed, 'lib/libpq.so'), 'utf8'), 'library')
    assert.equal(await readFile(join(placed, 'lib/libpq.so.5'), 'utf8'), 'library')
    assert.equal((await stat(join(placed, 'lib/private.so'))).mode & 0o777, 0o644)
    assert.equal((await stat(join(native, 'lib/private.so'))).mode & 0o777, 0o600)
  })

  test('is left alone while it is whole, and made again where something is missing', async t => {
    const { root, native, postgres } = await fixture()
    t.after(() => rm(root, { recursive: true, force: true }))
    const placed = await placeBuild(native, postgres, '17.10-embedded')
    const inode = (await stat(placed)).ino
    await placeBuild(native, postgres, '17.10-embedded')
    assert.equal((await stat(placed)).ino, inode)
    await rm(join(placed, 'lib/private.so'))
    assert.equal(await isWhole(placed), false)
    await placeBuild(native, postgres, '17.10-embedded')
    assert.equal(await isWhole(placed), true)
    await rm(join(placed, 'placed.json'))
    await placeBuild(native, postgres, '17.10-embedded')
    assert.equal(await isWhole(placed), true)
  })

  test('outlives its package', async t => {
    const { root, native, postgres } = await fixture()
    t.after(() => rm(root, { recursive: true, force: true }))
    const placed = await placeBuild(native, postgres, '17.10-embedded')
    await rm(native, { recursive: true })
    assert.equal(await isWhole(placed), true)
    assert.equal(await readFile(join(placed, 'bin/postgres'), 'utf8'), 'binary')
  })
})
