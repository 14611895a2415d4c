// The bytes of one file, read and written.

import { type FileHandle, open, rm } from 'node:fs/promises'

const chunkBytes = 1024 * 1024

/**
 * Not Node's copyFile: it takes the size first and, when the file then gets shorter (a server that runs truncates a
 * table), waits for the rest for ever, and a file of a gigabyte could not be given up in the middle. `to` must not exist;
 * after an error it does not.
 */
export async function copyBytes(from: string, to: string, signal?: AbortSignal): Promise<void> {
  const source = await open(from, 'r')
  try {
    const { mode, size } = await source.stat()
    const target = await open(to, 'wx', mode & 0o777)
    try {
      // The umask may have taken something away.
      await target.chmod(mode & 0o7777)
      await pump(source, target, Math.min(chunkBytes, size + 1), signal)
    } catch (error) {
      await rm(to, { force: true })
      throw error
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function pump(
  source: FileHandle,
  target: FileHandle,
  bufferBytes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(bufferBytes)
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await source.read(buffer, 0, buffer.length)
    if (bytesRead === 0) return
    for (let written = 0; written < bytesRead; ) {
      written += (await target.write(buffer, written, bytesRead - written)).bytesWritten
    }
  }
}
