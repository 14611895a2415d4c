import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { type Endpoint, endpointsQuery } from '../api/queries.ts'
import { useSettled } from '../lib/use-settled.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Problem } from '../ui/problem.tsx'
import {
  type MigrationNews,
  migrationNews,
  type RestoreInQuestion,
  undoneMigrationsQuery,
} from './undone-migrations.ts'

interface UndoneMigrationsSectionProps extends RestoreInQuestion {
  /** Why the moment is none that could be looked at. */
  disabledBecause: string | undefined
}

/** Longer than a hand rests on its way along a slider. */
const settledMs = 1200

/**
 * By itself where no compute has to be woken for it; else when somebody asks. Either way what is there stays as it is.
 */
export function UndoneMigrationsSection({ disabledBecause, ...restore }: UndoneMigrationsSectionProps) {
  const id = useId()
  const endpoints = useQuery(endpointsQuery(restore.projectId))
  const key = JSON.stringify(restore)
  const [asked, setAsked] = useState<string>()
  const settled = useSettled(key, settledMs)
  const isNow = restore.moment.time === undefined && restore.moment.lsn === undefined
  const looked = isNow ? [restore.branchId, restore.sourceId] : [restore.branchId]
  const areAwake = looked.every(branchId => isAwake(endpoints.data?.endpoints, branchId))
  const isWanted = disabledBecause === undefined && (asked === key || (areAwake && settled !== undefined))
  const migrations = useQuery({ ...undoneMigrationsQuery(restore), enabled: isWanted })
  const isShown = migrations.data !== undefined && disabledBecause === undefined
  return (
    <section
      aria-labelledby={id}
      aria-busy={migrations.isFetching}
      className="rounded-md border border-line p-3 text-sm"
    >
      <h3 id={id} className="font-medium">
        Migrations
      </h3>
      <div aria-live="polite" className="mt-1 space-y-2">
        {isShown && migrationNews(migrations.data).map(news => <News key={news.text} news={news} />)}
        {migrations.isFetching && (
          <p className="text-ink-soft motion-safe:animate-pulse">Looking into both sides …</p>
        )}
      </div>
      {migrations.isError && !migrations.isFetching && (
        <Problem error={migrations.error} retry={() => migrations.refetch()} />
      )}
      {!isWanted && !isShown && (
        <div className="space-y-2">
          <p className="text-ink-soft">
            What Django, Rails, Prisma and others have recorded is compared.
            {!areAwake && ' Computes that sleep are woken for it.'}
            {!isNow && ' That moment is opened for it, beside the branch.'}
          </p>
          <Button onClick={() => setAsked(key)} disabledBecause={disabledBecause}>
            See which migrations would be undone
          </Button>
        </div>
      )}
    </section>
  )
}

function isAwake(endpoints: Endpoint[] | undefined, branchId: string): boolean {
  return (
    endpoints?.some(
      one => one.branch_id === branchId && one.type === 'read_write' && one.current_state === 'active',
    ) ?? false
  )
}

/** More are shown when asked for. */
const namesShown = 8

function News({ news: { kind, text, names, more } }: { news: MigrationNews }) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? names : names.slice(0, namesShown)
  const hidden = names.length - shown.length
  return (
    <div className={classes(kind === 'problem' && 'text-ink-soft')}>
      <p className={classes((kind === 'undone' || kind === 'lost') && 'font-medium text-bad')}>{text}</p>
      {names.length > 0 && (
        <ul className="list-disc pl-5">
          {shown.map(name => (
            <li key={name}>
              <code className="break-all text-xs">{name}</code>
            </li>
          ))}
          {isWhole && more > 0 && <li>and {more} more</li>}
        </ul>
      )}
      {hidden > 0 && (
        <Button look="quiet" onClick={() => setWhole(true)}>
          Show {hidden + more} more
        </Button>
      )}
    </div>
  )
}
