import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createLazyRoute, Link } from '@tanstack/react-router'
import { useCallback, useEffect, useState } from 'react'
import { useFallbackInterval } from '../api/live.ts'
import { endpointsQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { type Connection, useConnection } from '../connect/use-connection.ts'
import { Button } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { PlaceBar } from './place-bar.tsx'
import { SqlProblem } from './sql-problem.tsx'
import { TableList } from './table-list.tsx'
import { TableView } from './table-view.tsx'
import type { TablesPlace } from './tables-client.ts'
import { placeKey, tablesQuery } from './tables-queries.ts'
import type { TablesSearch } from './tables-search.ts'
import { tablesFrom, useTablesPlace } from './use-tables-place.ts'

export const route = createLazyRoute(tablesFrom)({ component: TablesPage })

function TablesPage() {
  const { projectId, search, go } = useTablesPlace()
  const { connection, error } = useConnection(projectId, search)
  // For which branches, and which moments of them, somebody has said that the tables are wanted.
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const open = useCallback((wanted: string) => setOpened(now => new Set(now).add(wanted)), [])
  return (
    // Rows want more width than words: as much as the window has.
    <div className="2xl:mx-[min(0px,calc((100%-min(100vw-3rem,100rem))/2))] space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="font-semibold text-2xl">Tables</h1>
        {connection && (
          <PlaceBar
            connection={connection}
            onMoment={at => {
              open(wantedOf(connection, at))
              const { page: _, ...rest } = search
              go({ ...rest, at })
            }}
          />
        )}
      </div>
      {error && <Problem error={error} />}
      {!error && !connection && <Skeleton lines={6} />}
      {connection && <Gate {...{ connection, opened, open }} />}
    </div>
  )
}

const wantedOf = ({ branch }: Connection, at: string | undefined) => JSON.stringify([branch.id, at])

interface GateProps {
  connection: Connection
  opened: ReadonlySet<string>
  open: (wanted: string) => void
}

/** Nothing is asked of a compute that sleeps unless somebody says so. */
function Gate({ connection, opened, open }: GateProps) {
  const { projectId, search, go } = useTablesPlace()
  const { branch, endpoint, database, role } = connection
  const { at } = search
  const wanted = wantedOf(connection, at)
  const isOpened = opened.has(wanted)
  // Whoever wakes it elsewhere opens the tables here.
  const refetchInterval = useFallbackInterval(3000)
  useQuery({ ...endpointsQuery(projectId), refetchInterval: isOpened ? false : refetchInterval })
  const isAwake = at === undefined && endpoint?.current_state === 'active'
  // Once the tables stand here, each further click says that they are wanted, though it may sleep by then.
  useEffect(() => {
    if (isAwake) open(wanted)
  }, [isAwake, wanted, open])
  const missing = missingOf(connection, search)
  if (missing !== undefined) {
    return (
      <Empty
        title={`No such ${missing} here`}
        action={<Button onClick={() => go(without(search, missing))}>Take what is there</Button>}
      >
        The address names a {missing} that this {missing === 'branch' ? 'project' : 'branch'} does not have,
        or has no more.
      </Empty>
    )
  }
  if (!endpoint) {
    return (
      <Empty title="This branch has no compute">
        Its tables are read by a compute: add one on the branch’s page.
      </Empty>
    )
  }
  if (!database || !role) {
    return (
      <Empty title="No database yet">
        The branch’s database and role are there once it has started for the first time.
      </Empty>
    )
  }
  if (!isOpened && !isAwake) {
    return (
      <Empty
        title={at === undefined ? 'The compute is asleep' : 'A look at the past'}
        action={
          <Button look="main" onClick={() => open(wanted)}>
            {at === undefined ? 'Wake it and open the tables' : 'Open the tables'}
          </Button>
        }
      >
        {at === undefined
          ? 'Opening the tables wakes it. It goes to sleep again by itself when nobody uses it.'
          : 'Opening these tables starts a compute for that moment. It is gone again when nobody looks any more.'}
      </Empty>
    )
  }
  const place = { projectId, branchId: branch.id, database: database.name, role: role.name, at }
  return <Tables place={place} branch={branch} />
}

/** Nobody is to change rows of another branch, or as another role, than the address says. */
function missingOf(connection: Connection, search: TablesSearch): 'branch' | 'database' | 'role' | undefined {
  const isOther = (wanted: string | undefined, found: string | undefined) =>
    wanted !== undefined && wanted !== found
  if (isOther(search.branch, connection.branch.id)) return 'branch'
  // Before its first start a branch has neither.
  if (!connection.database || !connection.role) return undefined
  if (isOther(search.database, connection.database.name)) return 'database'
  return isOther(search.role, connection.role.name) ? 'role' : undefined
}

function without(search: TablesSearch, name: 'branch' | 'database' | 'role'): TablesSearch {
  const { [name]: _, ...rest } = search
  return rest
}

function Tables({ place, branch }: { place: TablesPlace; branch: Connection['branch'] }) {
  const { projectId, search, kept } = useTablesPlace()
  const queries = useQueryClient()
  const list = useQuery(tablesQuery(place))
  const problem = list.isError && <SqlProblem error={list.error} retry={() => list.refetch()} />
  // Else the tables stay, and with them what is changed and not saved.
  if (readFailure(list)) return problem
  if (!list.data) return <Skeleton lines={6} />
  const { tables, isMore } = list.data
  const { schema, table } = search
  const isChosen = schema !== undefined && table !== undefined
  if (tables.length === 0 && !isChosen) {
    return (
      <Empty title="No table yet" action={<Button onClick={() => list.refetch()}>Look again</Button>}>
        Tables that an application, a migration or the SQL editor creates in {place.database} stand here.
      </Empty>
    )
  }
  return (
    <div className="grid gap-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
      {problem && <div className="lg:col-span-2">{problem}</div>}
      {/* On a narrow page it is the list or the table. */}
      <div className={classes(isChosen && 'hidden lg:block')}>
        <TableList tables={tables} isMore={isMore} />
        <button
          type="button"
          className="mt-3 px-2 text-link text-sm underline"
          onClick={() => void queries.invalidateQueries({ queryKey: placeKey(place) })}
        >
          Read everything anew
        </button>
      </div>
      {isChosen ? (
        <div className="min-w-0 space-y-4">
          <Link
            to="/projects/$projectId/tables"
            params={{ projectId }}
            search={kept}
            className="text-link text-sm underline lg:hidden"
          >
            All tables
          </Link>
          <TableView
            // What is not saved belongs to this branch: where another becomes the default, it must not follow.
            key={JSON.stringify([place, schema, table])}
            place={place}
            branch={branch}
            name={{ schema, name: table }}
          />
        </div>
      ) : (
        <div className="hidden lg:block">
          <Empty title="Choose a table">
            Its rows can be filtered, sorted and changed, and its structure read. What you change is shown as
            SQL before it is saved.
          </Empty>
        </div>
      )}
    </div>
  )
}
