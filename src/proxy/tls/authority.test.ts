import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Certificates, ensureCertificates } from './authority.ts'

const dayMs = 86_400_000

async function inDir(
  work: (
    dir: string,
    ensure: (at?: { hostSuffix?: string; days?: number }) => Promise<Certificates>,
  ) => Promise<void>,
): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'pilotlight-authority-'))
  const startMs = Date.now()
  try {
    await work(dir, ({ hostSuffix = 'local.localhost', days = 0 } = {}) =>
      ensureCertificates({ dir, hostSuffix, clock: { now: () => startMs + days * dayMs } }),
    )
  } finally {
    await rm(dir, { recursive: true })
  }
}

test('the leaf is signed by the authority, for all names, with private files private', () =>
  inDir(async (dir, ensure) => {
    const made = await ensure()
    const leaf = new X509Certificate(made.certPem)
    const authority = new X509Certificate(made.caPem)
    assert.ok(leaf.verify(authority.publicKey))
    assert.ok(leaf.checkIssued(authority))
    assert.ok(authority.ca)
    assert.ok(!leaf.ca)
    for (const name of ['ep-a.local.localhost', 'local.localhost', 'localhost'])
      assert.ok(leaf.checkHost(name), name)
    for (const address of ['127.0.0.1', '::1']) assert.ok(leaf.checkIP(address), address)
    assert.ok(!leaf.checkHost('a.ep-a.local.localhost'))
    assert.deepEqual(made.leafDer, leaf.raw)
    assert.equal(made.caFile, join(dir, 'ca.crt'))
    assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
    for (const [file, mode] of [
      ['ca.crt', 0o644],
      ['ca.key', 0o600],
      ['server.pem', 0o600],
    ] as const)
      assert.equal((await stat(join(dir, file))).mode & 0o777, mode, file)
    assert.equal((await readdir(dir)).length, 3, 'no temporary file is left')
  }))

test('what serves is kept', () =>
  inDir(async (dir, ensure) => {
    const first = await ensure()
    assert.deepEqual(await ensure(), first)
    assert.deepEqual(await ensure({ days: 360 }), first)
    // Not needed as long as the leaf serves.
    await rm(join(dir, 'ca.key'))
    assert.deepEqual(await ensure(), first)
  }))

test('the leaf is renewed when it ends soon, when names change and when it is damaged; the authority stays', () =>
  inDir(async (dir, ensure) => {
    const first = await ensure()
    const later = await ensure({ days: 370 })
    assert.notEqual(later.certPem, first.certPem)
    const renamed = await ensure({ days: 370, hostSuffix: 'eu.example.org' })
    assert.ok(new X509Certificate(renamed.certPem).checkHost('ep-a.eu.example.org'))
    const leafFile = join(dir, 'server.pem')
    await writeFile(leafFile, (await readFile(leafFile, 'utf8')).slice(0, 300))
    const mended = await ensure({ days: 370, hostSuffix: 'eu.example.org' })
    assert.notEqual(mended.certPem, renamed.certPem)
    const publicPem = (key: Parameters<typeof createPublicKey>[0]) =>
      createPublicKey(key).export({ type: 'spki', format: 'pem' })
    assert.equal(
      publicPem(createPrivateKey(mended.keyPem)),
      new X509Certificate(mended.certPem).publicKey.export({ type: 'spki', format: 'pem' }),
    )
    for (const made of [later, renamed, mended]) assert.equal(made.caPem, first.caPem)
  }))

test('an authority that is damaged or ends soon is made anew, with its leaf', () =>
  inDir(async (dir, ensure) => {
    const first = await ensure()
    await writeFile(join(dir, 'ca.crt'), 'rubbish')
    const second = await ensure()
    assert.notEqual(second.caPem, first.caPem)
    const third = await ensure({ days: 3640 })
    assert.notEqual(third.caPem, second.caPem)
    assert.ok(new X509Certificate(third.certPem).verify(new X509Certificate(third.caPem).publicKey))
  }))
