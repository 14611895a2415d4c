import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { countText } from '../lib/count-text.ts'
import { Button } from '../ui/button.tsx'
import { pageRows } from './browse-sql.ts'
import type { Filter } from './filters.ts'
import type { TableDetails } from './table-details.ts'
import type { TablesPlace } from './tables-client.ts'
import { countQuery } from './tables-queries.ts'

interface PageBarProps {
  place: TablesPlace
  table: TableDetails
  filters: readonly Filter[]
  page: number
  shown: number
  hasMore: boolean
  isReading: boolean
  onPage: (page: number) => void
}

/** Which rows these are, and of how many: estimated, or counted when somebody asks. */
export function PageBar(props: PageBarProps) {
  const { place, table, filters, page, shown, hasMore, isReading, onPage } = props
  const [isCounting, setCounting] = useState(false)
  const queries = useQueryClient()
  const query = countQuery(place, table, filters)
  const count = useQuery({ ...query, enabled: isCounting })
  const first = (page - 1) * pageRows + 1
  const total = totalOf(props, count.data)
  const stop = () => {
    setCounting(false)
    void queries.cancelQueries({ queryKey: query.queryKey })
  }
  const start = () => (count.isError ? void count.refetch() : setCounting(true))
  const counting = (!total || total.isEstimate) && (
    <button type="button" className="text-link underline" onClick={count.isFetching ? stop : start}>
      {count.isFetching ? 'Counting … stop' : 'Count them'}
    </button>
  )
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
      <p aria-live="polite">
        {isReading
          ? `Reading page ${countText(page)} …`
          : shown === 0
            ? 'No rows'
            : `Rows ${countText(first)} to ${countText(first + shown - 1)}`}
        {!isReading && total && ` of ${total.isEstimate ? 'about ' : ''}${countText(total.rows)}`}
      </p>
      {counting}
      {count.isError && <span className="text-bad">They could not be counted: {count.error.message}</span>}
      <div className="ml-auto flex gap-2">
        <Button
          disabledBecause={page === 1 ? 'This is the first page' : undefined}
          onClick={() => onPage(page - 1)}
        >
          Previous
        </Button>
        <Button
          disabledBecause={isReading ? 'They are being read' : hasMore ? undefined : 'This is the last page'}
          onClick={() => onPage(page + 1)}
        >
          Next
        </Button>
      </div>
    </div>
  )
}

/** Undefined: nobody knows. */
function totalOf(
  { table, filters, page, shown, hasMore }: PageBarProps,
  counted: number | undefined,
): { rows: number; isEstimate: boolean } | undefined {
  if (counted !== undefined) return { rows: counted, isEstimate: false }
  // All of them are here.
  if (!hasMore && (shown > 0 || page === 1)) {
    return { rows: (page - 1) * pageRows + shown, isEstimate: false }
  }
  if (filters.length > 0 || table.estimatedRows === undefined) return undefined
  // The estimate is of the last ANALYZE; more are here already.
  return { rows: Math.max(table.estimatedRows, page * pageRows + 1), isEstimate: true }
}
