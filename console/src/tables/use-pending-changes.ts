import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../api/api-error.ts'
import { counted } from '../lib/count-text.ts'
import { showToast } from '../ui/toasts.tsx'
import { readRows, rowsSql } from './browse-sql.ts'
import {
  changeCount,
  noChanges,
  type PendingChanges,
  pendingStatements,
  rebased,
  touchedRows,
} from './pending-changes.ts'
import type { RowIdentity } from './row-identity.ts'
import type { TableDetails } from './table-details.ts'
import { changeRows, readRowsOf, type TablesPlace } from './tables-client.ts'
import { pagesKey, rowsKey, tableQuery } from './tables-queries.ts'

export type Changes = ReturnType<typeof usePendingChanges>

/** What is changed in a table and not saved, and the two ways on: saved, or made anew to the rows as they are now. */
export function usePendingChanges(place: TablesPlace, table: TableDetails, identity: RowIdentity) {
  const [pending, setPending] = useState<PendingChanges>(noChanges)
  const queries = useQueryClient()
  const statements = pendingStatements(table, identity, pending)
  const readAnew = () => {
    void queries.invalidateQueries({ queryKey: rowsKey(place, table) })
    // A count may take minutes, and nobody has to wait for it.
    return queries.invalidateQueries({ queryKey: pagesKey(place, table) }, { cancelRefetch: false })
  }

  const saving = useMutation({
    mutationFn: () =>
      changeRows(
        place,
        statements.map(({ sql }) => sql),
      ),
    onSuccess: async () => {
      showToast({ kind: 'good', text: `${counted(statements.length, 'change')} saved` })
      // Until the new rows are here, what was changed is what there is.
      await readAnew()
      setPending(noChanges)
    },
    onError: error => {
      // Nobody knows whether it was carried out: the rows tell.
      if (error instanceof ApiError && error.code === 'answer_torn') void readAnew()
    },
  })

  const renewing = useMutation({
    mutationFn: async () => {
      const { rows, wholeColumns } = touchedRows(pending)
      if (rows.length === 0) return { pending, gone: 0 }
      const sql = rowsSql(table, identity, rows, wholeColumns)
      const fresh = readRows(table, identity, await readRowsOf(place, sql), wholeColumns)
      return rebased(pending, fresh)
    },
    onSuccess: ({ pending: next, gone }) => {
      setPending(next)
      saving.reset()
      if (gone > 0) {
        const text =
          gone === 1 ? 'A row you had changed is gone' : `${counted(gone, 'row')} you had changed are gone`
        showToast({ kind: 'bad', text, detail: 'Somebody deleted or changed it; your change was dropped.' })
      }
      void readAnew()
    },
  })

  return {
    pending,
    statements,
    count: changeCount(pending),
    change: (next: (now: PendingChanges) => PendingChanges) => {
      // What Postgres refused was what stood here before.
      saving.reset()
      setPending(next)
    },
    discard: () => {
      saving.reset()
      setPending(noChanges)
    },
    saving,
    renewing,
    /** What is changed now would be lost: what comes back takes its place. */
    isBusy: saving.isPending || renewing.isPending,
    /** The table's structure as well: it may be another by now. */
    reload: () => {
      void queries.invalidateQueries({ queryKey: tableQuery(place, table).queryKey })
      void readAnew()
    },
  }
}
