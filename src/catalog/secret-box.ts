// Passwords at rest: AES-256-GCM under one key file of this installation (NIST SP 800-38D; 96-bit random nonces).
// A copy of the catalog alone therefore gives nobody a password.

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

const algorithm = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16
/** The first byte of a box: which layout, and which key, it was made with. */
const layout = 1

export interface SecretBox {
  seal(secret: string): Buffer
  /** Throws if the box was changed, or made under another key. */
  open(box: Buffer): string
}

export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== keyBytes) throw new Error(`a secret key has ${keyBytes} bytes, not ${key.length}`)
  return {
    seal(secret) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv(algorithm, key, nonce)
      const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(layout), nonce, cipher.getAuthTag(), sealed])
    },
    open(box) {
      if (box[0] !== layout) throw new Error(`unknown layout ${box[0]} of a sealed secret`)
      const nonce = box.subarray(1, 1 + nonceBytes)
      const tag = box.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes)
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
      decipher.setAuthTag(tag)
      const sealed = box.subarray(1 + nonceBytes + tagBytes)
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
    },
  }
}

/** Reads the key file, or makes it (mode 0600). Two that make it at once end up with the same key. */
export async function loadSecretBox(file: string): Promise<SecretBox> {
  const existing = await readKey(file)
  if (existing) return createSecretBox(existing)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(randomBytes(keyBytes).toString('base64'))
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    // link() fails if the name is taken: the first one wins, and a half-written key is never seen under the name.
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
  const key = await readKey(file)
  if (!key) throw new Error(`cannot read ${file}`)
  return createSecretBox(key)
}

async function readKey(file: string): Promise<Buffer | null> {
  try {
    return Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
