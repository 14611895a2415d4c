import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createSecretBox, loadSecretBox } from './secret-box.ts'

const secret = 'npg_sësame'

async function temporary(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pilotlight-box-'))
  context.after(() => rm(directory, { recursive: true }))
  return directory
}

test('what was sealed is opened', () => {
  const box = createSecretBox(randomBytes(32))
  for (const text of [secret, '', 'x'.repeat(10_000)]) assert.equal(box.open(box.seal(text)), text)
})

test('the same secret is sealed differently each time, and is not to be seen', () => {
  const box = createSecretBox(randomBytes(32))
  const [one, other] = [box.seal(secret), box.seal(secret)]
  assert.notDeepEqual(one, other)
  assert.equal(one.includes(secret), false)
})

test('another key opens nothing', () => {
  const sealed = createSecretBox(randomBytes(32)).seal(secret)
  assert.throws(() => createSecretBox(randomBytes(32)).open(sealed))
})

test('one changed byte, wherever it stands, and nothing is opened', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal(secret)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    assert.throws(() => box.open(changed), `byte ${at}`)
  }
})

test('a box that was cut, at any length, or made longer, is not opened', () => {
  const box = createSecretBox(randomBytes(32))
  const sealed = box.seal(secret)
  for (let length = 0; length < sealed.length; length++) {
    assert.throws(() => box.open(sealed.subarray(0, length)), `${length} bytes`)
  }
  assert.throws(() => box.open(Buffer.concat([sealed, Buffer.of(0)])))
})

test('a key has 32 bytes', () => {
  assert.throws(() => createSecretBox(randomBytes(31)), /32 bytes/)
  assert.throws(() => createSecretBox(Buffer.alloc(0)), /32 bytes/)
})

test('the key file is made once, for its owner only, and read from then on', async context => {
  const directory = await temporary(context)
  const file = join(directory, 'secrets', 'catalog.key')
  const sealed = (await loadSecretBox(file)).seal(secret)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await stat(join(directory, 'secrets'))).mode & 0o777, 0o700)
  const text = await readFile(file, 'utf8')
  assert.equal((await loadSecretBox(file)).open(sealed), secret)
  assert.equal(await readFile(file, 'utf8'), text)
})

test('those who make the key at once end up with the same one, and leave no draft behind', async context => {
  const directory = await temporary(context)
  const file = join(directory, 'catalog.key')
  const boxes = await Promise.all(Array.from({ length: 10 }, () => loadSecretBox(file)))
  const sealed = boxes[0]!.seal(secret)
  for (const box of boxes) assert.equal(box.open(sealed), secret)
  assert.deepEqual(await readdir(directory), ['catalog.key'])
})

test('a key file that holds no key is an error, and stays as it is', async context => {
  const directory = await temporary(context)
  const file = join(directory, 'catalog.key')
  await writeFile(file, 'too short')
  await assert.rejects(loadSecretBox(file), /32 bytes/)
  assert.equal(await readFile(file, 'utf8'), 'too short')
})
