// Which migrations a restore would undo: asked of the server, and told in sentences.

import { queryOptions } from '@tanstack/react-query'
import type {
  DatabaseMigrations,
  MigrationChanges,
  UndoneMigrations,
  UndoneMigrationsRequest,
} from '../../../src/contract/console-undone-migrations.ts'
import { send } from '../api/call.ts'

export interface RestoreInQuestion {
  projectId: string
  branchId: string
  sourceId: string
  /** Neither of them: its newest state. */
  moment: { time?: string; lsn?: string }
}

/** It opens computes: asked once for each moment, and not again by itself. */
export const undoneMigrationsQuery = (restore: RestoreInQuestion) =>
  queryOptions({
    queryKey: ['undone-migrations', restore],
    queryFn: ({ signal }) => {
      const { time, lsn } = restore.moment
      const request: UndoneMigrationsRequest = {
        project_id: restore.projectId,
        branch_id: restore.branchId,
        source: {
          branch_id: restore.sourceId,
          ...(time !== undefined && { timestamp: time }),
          ...(lsn !== undefined && { lsn }),
        },
      }
      return send('post', '/api/console/undone_migrations', request, signal) as Promise<UndoneMigrations>
    },
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  })

export interface MigrationNews {
  /** `undone`: something is lost by it. */
  kind: 'undone' | 'redone' | 'lost' | 'problem' | 'none'
  text: string
  names: string[]
  /** How many there are beside the names. */
  more: number
}

/** What matters most comes first. Never empty. */
export function migrationNews({ databases }: UndoneMigrations): MigrationNews[] {
  const isOne = databases.length === 1
  const news = databases.flatMap(one => newsOf(one, isOne))
  const isSame = news.every(({ kind }) => kind === 'problem')
  return isSame ? [...news, sameNews(databases, news.length > 0)] : news
}

function newsOf(one: DatabaseMigrations, isOnly: boolean): MigrationNews[] {
  const { database, presence, changes, problems } = one
  const where = isOnly ? '' : ` in ${database}`
  const plain = (kind: MigrationNews['kind'], text: string) => ({ kind, text, names: [], more: 0 })
  return [
    ...(presence === 'lost'
      ? [plain('lost', `The database ${database} would be gone: it is not in that data.`)]
      : []),
    ...changes.flatMap(change => changeNews(change, where)),
    ...problems.map(problem => plain('problem', `Not compared${where}: ${problem}.`)),
  ]
}

function changeNews(change: MigrationChanges, where: string): MigrationNews[] {
  const { tool, undone, undone_count, redone, redone_count } = change
  const news: MigrationNews[] = []
  if (undone_count > 0) {
    const text = `${countedText(undone_count, tool)}${where} would be undone:`
    news.push({ kind: 'undone', text, names: undone, more: undone_count - undone.length })
  }
  if (redone_count > 0) {
    const text = `${countedText(redone_count, tool)}${where} would come with that data:`
    news.push({ kind: 'redone', text, names: redone, more: redone_count - redone.length })
  }
  return news
}

const countedText = (count: number, tool: string): string =>
  count === 1 ? `This ${tool} migration` : `These ${count} ${tool} migrations`

function sameNews(databases: DatabaseMigrations[], isPart: boolean): MigrationNews {
  const isKnown = databases.some(({ tables }) => tables > 0)
  const text = isPart
    ? 'In what could be compared no migration would be undone.'
    : isKnown
      ? 'No migration would be undone: both have the same ones.'
      : 'No tool for migrations that Pilotlight knows has recorded anything here.'
  return { kind: 'none', text, names: [], more: 0 }
}
