// Copies byte by byte: every file system can do it, and it costs time and space for all of them.

import { link } from 'node:fs/promises'
import { errnoOf } from '../errors.ts'
import { cloneFiles, makePlainDirectory } from './clone-files.ts'
import { copyBytes } from './copy-file.ts'
import type { StorageDriver } from './driver.ts'
import { removeTree } from './sweep.ts'
import { linkedUsage } from './usage.ts'

/** Another file system, one without links, or one with too many of them to this file. */
const linkRefusals = new Set(['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'EOPNOTSUPP', 'EACCES'])

export function copyDriver(): StorageDriver {
  return {
    kind: 'copy',
    makeDirectory: makePlainDirectory,
    cloneCluster: (from, to, options = {}) => cloneFiles(from, to, copyBytes, options),
    cloneFile: (from, to) => copyBytes(from, to),
    async keepFile(from, to) {
      try {
        await link(from, to)
      } catch (error) {
        if (!linkRefusals.has(errnoOf(error) ?? '')) throw error
        await copyBytes(from, to)
      }
    },
    removeTree,
    usage: paths => Promise.all(paths.map(linkedUsage)),
  }
}
