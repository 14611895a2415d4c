// Who listens on a TCP port. On Linux from /proc, without any tool; elsewhere lsof is asked.

import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const listening = '0A'

/** Null: nobody. */
export async function portHolder(port: number): Promise<string | null> {
  return process.platform === 'linux' ? await onLinux(port) : await byLsof(port)
}

async function onLinux(port: number): Promise<string | null> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map(path => readFile(path, 'utf8').catch(() => '')),
  )
  const inodes = new Set(tables.flatMap(table => listenersOn(table, port)))
  if (inodes.size === 0) return null
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    if (!(await holdsOneOf(pid, inodes))) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    return `${name.trim() || 'a process'} (pid ${pid})`
  }
  return 'a process of another user'
}

/** The inodes of listening sockets in a table of /proc/net (proc(5)): local address is field 1, state 3, inode 9. */
export function listenersOn(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === listening && fields[1]?.endsWith(`:${wanted}`))
    .flatMap(fields => fields[9] ?? [])
}

async function holdsOneOf(pid: string, inodes: Set<string>): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
  for (const descriptor of descriptors) {
    const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1]
    if (inode !== undefined && inodes.has(inode)) return true
  }
  return false
}

async function byLsof(port: number): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])
    const pid = /^p(\d+)$/m.exec(stdout)?.[1]
    const name = /^c(.+)$/m.exec(stdout)?.[1]
    return pid ? `${name ?? 'a process'} (pid ${pid})` : null
  } catch {
    // lsof ends with 1 where it finds nothing, and may not be there at all.
    return null
  }
}
