import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemClock } from '../lib/clock.ts'
import { ensureLeaf } from '../proxy/index.ts'
import { datesProblem, readKeyPair } from './certificate-files.ts'

let dir: string
const at = (file: string) => join(dir, file)

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pilotlight-certificates-'))
  for (const name of ['a', 'b']) {
    const made = await ensureLeaf({ dir, file: `${name}.pem`, names: [`${name}.test`], clock: systemClock })
    await writeFile(at(`${name}.crt`), made.certPem + made.caPem)
    await writeFile(at(`${name}.key`), made.keyPem)
  }
  await writeFile(at('rubbish'), 'rubbish')
})
after(() => rm(dir, { recursive: true }))

test('a pair that belongs together, with its chain', async () => {
  const { leaf, certPem } = await readKeyPair({ certFile: at('a.crt'), keyFile: at('a.key') })
  assert.ok(leaf.checkHost('a.test'))
  assert.equal(certPem.match(/BEGIN CERTIFICATE/g)?.length, 2)
})

const wrong: [string, string, string, RegExp][] = [
  ['keys that do not match', 'a.crt', 'b.key', /b\.key is not the key of the first certificate in .*a\.crt/],
  ['no certificate', 'rubbish', 'a.key', /rubbish holds no certificate/],
  ['no key', 'a.crt', 'rubbish', /rubbish holds no private key/],
  ['exchanged', 'a.key', 'a.crt', /holds no certificate/],
  ['missing', 'missing.crt', 'a.key', /missing\.crt cannot be read .*ENOENT/],
]
for (const [name, certFile, keyFile, message] of wrong) {
  test(`refused: ${name}`, () =>
    assert.rejects(readKeyPair({ certFile: at(certFile), keyFile: at(keyFile) }), message))
}

test('dates', async () => {
  const { leaf } = await readKeyPair({ certFile: at('a.crt'), keyFile: at('a.key') })
  const until = new X509Certificate(leaf.raw).validToDate.getTime()
  const day = 86_400_000
  assert.equal(datesProblem(leaf, Date.now()), undefined)
  assert.match(datesProblem(leaf, until - 13 * day) ?? '', /^ends on \d{4}-\d\d-\d\d; renew it$/)
  assert.match(datesProblem(leaf, until + 1) ?? '', /^is no longer valid, since/)
  assert.match(datesProblem(leaf, leaf.validFromDate.getTime() - 1) ?? '', /^is not valid before/)
})
