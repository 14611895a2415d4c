// How this machine's files get copies. One driver per kind of file system; driver-conformance.test.ts holds all three to
// the same behaviour.

import type { Cloning } from '../../engine.ts'
import type { Owner } from '../files.ts'

export interface CloneOptions {
  /** Who the copies belong to, where we may give files away. */
  owner?: Owner
  /** A clone that is given up stops soon, and leaves the removal of what is there to the caller. */
  signal?: AbortSignal
}

export interface StorageDriver {
  readonly kind: Cloning

  /** An empty directory in which a cluster is about to be made: what is cloned from it is cloned fastest. Mode 0700. */
  makeDirectory(path: string, owner?: Owner): Promise<void>

  /**
   * A cluster's data directory at `to`, which must not exist: modes kept, and nothing in it that belongs to one run of a
   * server (its lock file, temporary files, replication slots). `pg_wal` is there with its directories and without
   * segments: which of them belong in, only the caller knows. Nothing is flushed. Errors: `invalid` where the cluster has
   * links inside (tablespaces).
   */
  cloneCluster(from: string, to: string, options?: CloneOptions): Promise<void>

  /**
   * One file under a second name, which must not be taken, by the same means: later writes to one do not show in the
   * other. It belongs to us.
   */
  cloneFile(from: string, to: string): Promise<void>

  /** As `cloneFile`, for a file that nobody will write to again: where files cannot be cloned, a hard link will do. */
  keepFile(from: string, to: string): Promise<void>

  /** The tree is gone under its name at once, and its bytes a little later. What is not there is no error. */
  removeTree(path: string): Promise<void>

  /**
   * Bytes that each of these trees takes on disk, shared or not, and those of them that surely nothing else holds: what a
   * tree shares with itself counts as shared, and so does everything where it cannot be found out (no `filefrag` here).
   */
  usage(paths: string[]): Promise<{ bytes: number; exclusiveBytes: number }[]>
}
