// What an operation works on: the data of a branch, or of a snapshot. Both have a row with a fence of its own.

import * as branches from '../../catalog/branches.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as projects from '../../catalog/projects.ts'
import * as snapshots from '../../catalog/snapshots.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { EngineError, type Ref } from '../../engine/engine.ts'
import { dataRef, engineOrigin } from '../branches/origin.ts'
import type { Parts } from '../parts.ts'
import { branchOf } from './operation.ts'

export function isAboutSnapshot(op: Operation): boolean {
  return op.details?.snapshot_id !== undefined
}

export function dataOf({ settings }: Parts, op: Operation): Ref {
  return dataRef(settings.cell, op.details?.snapshot_id ?? branchOf(op))
}

/** The next fence for calls on it. Throws branch_not_found, snapshot_not_found. */
export async function nextGen({ catalog }: Parts, id: string): Promise<number> {
  const isSnapshot = id.startsWith('snap-')
  const gen = await (isSnapshot ? snapshots : branches).nextGen(catalog.db, id)
  if (gen === undefined) throw new PilotlightError(isSnapshot ? 'snapshot_not_found' : 'branch_not_found')
  return gen
}

/**
 * Makes a branch's data. Nothing where it, or its project, was deleted while this waited: the deletion cleans up. A project
 * that can be recovered is to come back whole.
 */
export async function makeBranchData(parts: Parts, op: Operation): Promise<void> {
  const { catalog, engine, settings } = parts
  const project = await projects.findKept(catalog.db, op.project_id)
  const branch = await branches.find(catalog.db, branchOf(op))
  if (!project || !branch || branch.deleted_at) return
  await noteTemplate(parts, branch)
  const status = await engine.ensureData(
    dataOf(parts, op),
    await nextGen(parts, branch.id),
    engineOrigin(settings.cell, branch.origin, project.pg_version),
    // Whoever may see the schema alone must find no moment at which the rows were still there.
    branch.init_source === 'schema-only'
      ? { windowSeconds: 0, detached: true }
      : { windowSeconds: project.history_retention_seconds },
  )
  if (branch.origin.from === 'branch') await branches.setBegin(catalog.db, branch.id, status.begin)
}

/** Data begun from data that was never started is what the template came with, too. Asked before it is begun. */
async function noteTemplate({ catalog }: Parts, branch: branches.Branch): Promise<void> {
  if (branch.origin.from !== 'branch' || branch.contents !== 'inherited') return
  const source = await branches.find(catalog.db, branch.origin.source)
  if (source?.contents === 'template') await branches.setContents(catalog.db, branch.id, 'template')
}

/** As `makeBranchData`. What begins in the past is replayed at once: nobody starts a snapshot. */
export async function makeSnapshotData(parts: Parts, op: Operation): Promise<void> {
  const { catalog, engine, settings } = parts
  const project = await projects.findKept(catalog.db, op.project_id)
  const snapshot = await snapshots.find(catalog.db, op.details?.snapshot_id ?? '')
  if (!project || !snapshot || snapshot.deleted_at || snapshot.origin.from !== 'branch') return
  const status = await engine.ensureData(
    dataOf(parts, op),
    await nextGen(parts, snapshot.id),
    engineOrigin(settings.cell, snapshot.origin, project.pg_version),
    { windowSeconds: 0, settled: !('head' in snapshot.origin.at) },
  )
  await snapshots.setBegin(catalog.db, snapshot.id, status.begin)
}

/** Whose row has gone already is gone itself: rows go last. */
export async function removeData(parts: Parts, op: Operation): Promise<void> {
  const ref = dataOf(parts, op)
  try {
    await parts.engine.ensureGone(ref, await nextGen(parts, ref.id))
  } catch (error) {
    if (error instanceof PilotlightError) return
    throw error
  }
}

/** What the engine says of data that is not there, or cannot be. */
export function isInvalid(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'invalid'
}
