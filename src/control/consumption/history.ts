// What was used, hour by hour, day by day or month by month. Storage that has been the same for long is not written down
// every hour: it is worked out here, up to now.

import { createHash } from 'node:crypto'
import * as consumption from '../../catalog/consumption.ts'
import * as levels from '../../catalog/levels.ts'
import * as projects from '../../catalog/projects.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { frameEnd, frameStart, framesWithin, type Grain } from '../../lib/time-frames.ts'
import { foreignCursor, isCursorTime, readCursor, writeCursor } from '../cursors.ts'
import type { Parts } from '../parts.ts'

export interface HistoryRange {
  grain: Grain
  from: Date
  to: Date
}

export interface Frame {
  start: Date
  end: Date
  amounts: consumption.Amounts
}

/** A calendar month, with its frames by time. */
export interface Period {
  id: string
  start: Date
  /** Undefined: it is under way. */
  end: Date | undefined
  frames: Frame[]
}

export interface HistoryOf {
  projectId: string
  /** Undefined: of the whole project. */
  branchId: string | undefined
  periods: Period[]
}

export interface HistoryPage {
  of: HistoryOf[]
  cursor: string | undefined
}

interface Subject {
  projectId: string
  branchId: string | undefined
  createdAt: Date
}

export class ConsumptionHistory {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Newest projects first. Throws consumption_range_invalid, invalid_request (the cursor). */
  async ofProjects(
    range: HistoryRange,
    page: { limit: number; cursor?: string | undefined; projectIds?: string[] | undefined },
  ): Promise<HistoryPage> {
    const span = this.#spanOf(range)
    const found = await this.#pageOfProjects(page)
    const subjects = found.map(({ id, created_at }) => ({
      ...{ projectId: id, branchId: undefined, createdAt: created_at },
    }))
    const last = found.length === page.limit ? found.at(-1) : undefined
    return {
      of: await this.#read(span, subjects),
      cursor: last && writeCursor(last.created_text, last.id),
    }
  }

  async #pageOfProjects(page: {
    limit: number
    cursor?: string | undefined
    projectIds?: string[] | undefined
  }) {
    const parts = page.cursor === undefined ? undefined : readCursor(page.cursor, 2)
    const [createdAt, id] = parts ?? []
    if (createdAt !== undefined && !isCursorTime(createdAt)) throw foreignCursor()
    return await projects.list(this.#parts.catalog.db, {
      limit: page.limit,
      ...(createdAt !== undefined && id !== undefined && { after: { createdAt, id } }),
      ...(page.projectIds?.length && { ids: page.projectIds }),
    })
  }

  /** By project id, then branch id. Throws as `ofProjects`. */
  async ofBranches(
    range: HistoryRange,
    page: {
      limit: number
      cursor?: string | undefined
      projectIds: string[]
      branchIds?: string[] | undefined
    },
  ): Promise<HistoryPage> {
    const span = this.#spanOf(range)
    const [projectId, id] = page.cursor === undefined ? [] : readCursor(page.cursor, 2)
    const found = await consumption.pageOfBranches(this.#parts.catalog.db, {
      ...{ projectIds: page.projectIds, branchIds: page.branchIds, limit: page.limit },
      after: projectId !== undefined && id !== undefined ? { projectId, id } : undefined,
    })
    const subjects = found.map(branch => ({
      ...{ projectId: branch.project_id, branchId: branch.id, createdAt: branch.created_at },
    }))
    const last = found.length === page.limit ? found.at(-1) : undefined
    return { of: await this.#read(span, subjects), cursor: last && writeCursor(last.project_id, last.id) }
  }

  /** Whole frames; the one that holds `to` is told as far as it has come. */
  #spanOf({ grain, from, to }: HistoryRange): { grain: Grain; starts: number[]; now: number } {
    const now = this.#parts.clock.now()
    const first = frameStart(grain, from.getTime())
    if (from > to || first < consumption.keptFrom(grain, now)) {
      throw new PilotlightError('consumption_range_invalid')
    }
    return { grain, starts: framesWithin(grain, first, Math.min(to.getTime(), now)), now }
  }

  async #read(
    { grain, starts, now }: { grain: Grain; starts: number[]; now: number },
    subjects: Subject[],
  ): Promise<HistoryOf[]> {
    const { db } = this.#parts.catalog
    const projectIds = [...new Set(subjects.map(({ projectId }) => projectId))]
    const each = subjects.some(({ branchId }) => branchId !== undefined)
    const [first, last] = [starts[0], starts.at(-1)]
    const rows =
      first === undefined || last === undefined
        ? []
        : await consumption.history(db, {
            ...{ projectIds, grain, each, from: new Date(first), to: new Date(frameEnd(grain, last)) },
          })
    const key = (projectId: string, branchId: string | undefined) => branchId ?? projectId
    const rowsOf = Map.groupBy(rows, row => key(row.project_id, row.data_id || undefined))
    const open = await levels.ofProjects(db, projectIds)
    const openOf = Map.groupBy(open, level => key(level.project_id, each ? level.data_id : undefined))
    return subjects.map(({ projectId, branchId, createdAt }) => {
      const of = key(projectId, branchId)
      const amounts = new Map(rowsOf.get(of)?.map(row => [row.starts_at.getTime(), row]))
      const levelsOf = openOf.get(of) ?? []
      const frames = starts
        .filter(start => frameEnd(grain, start) > createdAt.getTime())
        .map(start => frameOf(grain, start, amounts.get(start), levelsOf, now))
      return { projectId, branchId, periods: periodsOf(projectId, frames, now) }
    })
  }
}

function frameOf(
  grain: Grain,
  start: number,
  counted: consumption.Amounts | undefined,
  open: levels.Level[],
  now: number,
): Frame {
  const end = frameEnd(grain, start)
  const amounts: consumption.Amounts = { ...(counted ?? consumption.noAmounts) }
  for (const level of open) {
    const ms = Math.min(end, now) - Math.max(start, level.counted_until.getTime())
    if (ms <= 0) continue
    const bytes = levels.bytesOf(level)
    amounts[`${level.kind}_byte_ms`] += bytes * ms
    amounts.logical_byte_ms += (level.logical_bytes ?? 0) * ms
    amounts.history_byte_ms += level.history_bytes * ms
    if (level.kind !== 'snapshot' && level.counted_until.getTime() <= start) {
      // Nothing of it is counted in this frame yet.
      amounts.logical_bytes_max += level.logical_bytes ?? 0
      amounts.storage_bytes_max += bytes + level.history_bytes
    }
  }
  return { start: new Date(start), end: new Date(end), amounts }
}

/** Neon's periods are those of its bills; ours are calendar months. */
function periodsOf(projectId: string, frames: Frame[], now: number): Period[] {
  const byMonth = Map.groupBy(frames, ({ start }) => frameStart('month', start.getTime()))
  return [...byMonth].map(([month, inMonth]) => {
    const end = frameEnd('month', month)
    return {
      id: uuidOf(`${projectId} ${month}`),
      start: new Date(month),
      end: end <= now ? new Date(end) : undefined,
      frames: inMonth,
    }
  })
}

/** The same period of a project has the same id whenever it is asked for. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}
