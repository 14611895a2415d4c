// The password of cloud_admin, the superuser behind every cluster of this machine. It is made once, and is in every
// template; control logs in with it over the Unix socket.

import { randomBytes } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './errors.ts'
import { ensureDirectory, readTextIfThere, syncDirectory } from './files.ts'
import type { Layout } from './layout.ts'

export const adminUser = 'cloud_admin'

export async function adminPassword(layout: Layout): Promise<string> {
  await ensureDirectory(layout.secrets, 0o700)
  const path = join(layout.secrets, 'cloud-admin')
  const known = (await readTextIfThere(path))?.trim()
  if (known) return known
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(32).toString('base64url')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  try {
    // A link, not a rename: of two that start together only one makes the file, and both read it.
    await link(temporary, path)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(temporary, { force: true })
  }
  await syncDirectory(layout.secrets)
  const made = (await readTextIfThere(path))?.trim()
  if (!made) throw new Error(`${path} is empty; remove it and the folder templates/, then start again`)
  return made
}
