// What has to be the case before a storage image is made; each refusal says what to do.

import { readdir, readFile, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { bytes } from '../cli/format.ts'
import { ConfigError } from '../config.ts'
import { chooseDriver, defaultSpawn, runTool } from '../engine/local/index.ts'
import { mountedAt, type StoragePlace } from './storage-image.ts'

/** mkfs.xfs makes nothing smaller. */
const leastBytes = 300 * 2 ** 20
/** What XFS itself needs of the image: its log, its trees, some slack. */
const overheadShare = 0.1
const overheadBytes = 100 * 2 ** 20

export function checkPrivileges(): void {
  if (process.platform !== 'linux') {
    throw new ConfigError(
      'a storage image needs Linux. Elsewhere, put the data directory on a file system that can clone files: --data-dir <directory>.',
    )
  }
  if (process.getuid?.() !== 0) {
    throw new ConfigError(
      'only root can mount a storage image. Run it with sudo, and start Pilotlight as root from then on.',
    )
  }
}

export async function checkFileSystem(place: StoragePlace, sizeBytes: number, force: boolean): Promise<void> {
  if ((await mountedAt(place.dataDir)) !== null) {
    throw new ConfigError(
      `${place.dataDir} is a mount point of its own. Make XFS or btrfs on what is mounted there, or choose a directory inside of it: --data-dir ${place.dataDir}/data`,
    )
  }
  const { driver, reason } = await chooseDriver(dirname(place.dataDir))
  if (driver.kind !== 'copy' && !force) {
    throw new ConfigError(
      `branches share bytes here already (${reason}). Nothing is to be done; --force makes an image all the same.`,
    )
  }
  if (sizeBytes < leastBytes) {
    throw new ConfigError(
      `--size: ${bytes(sizeBytes)} is too small for XFS. Give at least 300M; 50G is a good start.`,
    )
  }
}

export async function checkSize(
  place: StoragePlace,
  sizeBytes: number,
  dataBytes: number,
  say: (line: string) => void,
): Promise<void> {
  const neededBytes = Math.ceil(dataBytes * (1 + overheadShare)) + overheadBytes
  if (dataBytes > 0 && sizeBytes < neededBytes) {
    throw new ConfigError(
      `--size: ${bytes(sizeBytes)} is too small for the ${bytes(dataBytes)} that are in ${place.dataDir}. Give at least ${Math.ceil(neededBytes / 2 ** 20)}M.`,
    )
  }
  const { bavail, bsize } = await statfs(dirname(place.dataDir))
  const freeBytes = bavail * bsize
  if (freeBytes < neededBytes) {
    throw new ConfigError(
      `there are ${bytes(freeBytes)} free beside ${place.dataDir}, and ${bytes(neededBytes)} are needed: the data exists twice for a while. Free some space, then try again.`,
    )
  }
  if (freeBytes < sizeBytes) {
    say(
      `Warning: the image may grow to ${bytes(sizeBytes)}, and there are ${bytes(freeBytes)} free. If the disk fills up before the image does, Postgres stops.`,
    )
  }
}

/** By the pid files of all clusters below. */
export async function runningPostgres(dataDir: string): Promise<number | null> {
  const data = join(dataDir, 'data')
  const branches = await readdir(data).catch(() => [])
  const clusters = [join(dataDir, 'catalog'), ...branches.map(name => join(data, name))]
  for (const cluster of clusters) {
    const text = await readFile(join(cluster, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number.parseInt(text, 10)
    if (!(pid > 0)) continue
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    if (command.trim() === 'postgres') return pid
  }
  return null
}

export async function diskUse(directory: string): Promise<number> {
  const { code, stdout, stderr } = await runTool(defaultSpawn, 'du', ['-s', '-k', directory], {
    timeoutMs: 0,
  })
  if (code !== 0) throw new Error(`du: ${stderr.trim().slice(0, 500)}`)
  return Number.parseInt(stdout, 10) * 1024
}
