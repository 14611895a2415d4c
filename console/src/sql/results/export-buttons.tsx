import type { ConsoleQueryColumn } from '../../../../src/contract/console-query.ts'
import type { GridRow } from '../../grid/cell-text.ts'
import { clipboardText } from '../../grid/cell-text.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { csvText, download, jsonText } from '../export-rows.ts'

interface ExportButtonsProps {
  columns: ConsoleQueryColumn[]
  rows: GridRow[]
  /** Rows are missing: the button says so. */
  isCut: boolean
}

/** Of what is here, which the browser writes by itself. */
export function ExportButtons({ columns, rows, isCut }: ExportButtonsProps) {
  const title = isCut ? `The first ${rows.length.toLocaleString('en')} rows: there is more` : undefined
  const name = `query-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`
  const all = () =>
    clipboardText([columns.map(column => column.name), ...rows], {
      ...{ top: 0, bottom: rows.length, left: 0, right: columns.length - 1 },
    })
  return (
    <div className="flex flex-wrap gap-1">
      <CopyButton label="Copy" text={all} />
      <Button
        title={title}
        onClick={() => download(`${name}.csv`, 'text/csv;charset=utf-8', csvText(columns, rows))}
      >
        CSV{isCut && ', cut'}
      </Button>
      <Button
        title={title}
        onClick={() => download(`${name}.json`, 'application/json', jsonText(columns, rows))}
      >
        JSON{isCut && ', cut'}
      </Button>
    </div>
  )
}
