import { memo, useState } from 'react'
import { useScrolls } from '../ui/use-scrolls.ts'
import type { ChartData, ValueText } from './chart-data.ts'
import { pointText } from './time-text.ts'

interface ChartTableProps extends ChartData {
  title: string
  text: ValueText
  stepMs: number
}

/** The same as a table: for those who read numbers, or cannot see lines. Made when it is opened; the cursor moves without it. */
export const ChartTable = memo(function ChartTable(props: ChartTableProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)} className="text-xs">
      <summary className="cursor-pointer text-ink-soft">Table</summary>
      {isOpen && <Rows {...props} />}
    </details>
  )
})

/** Newest first. */
function Rows({ title, times, series, text, stepMs }: ChartTableProps) {
  const [ref, scrolls] = useScrolls<HTMLDivElement>()
  return (
    <div
      ref={ref}
      {...(scrolls && { tabIndex: 0, role: 'region', 'aria-label': `${title}: all values` })}
      className="mt-2 max-h-64 overflow-auto"
    >
      <table aria-label={title} className="w-full text-left tabular-nums">
        <thead className="text-ink-soft">
          <tr>
            {['Time', ...series.map(({ name }) => name)].map(name => (
              <th key={name} scope="col" className="pr-3 font-medium">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times
            .map((at, index) => (
              <tr key={at} className="border-line border-t">
                <td className="whitespace-nowrap pr-3">{pointText(at, stepMs)}</td>
                {series.map(({ name, values }) => (
                  <td key={name} className="pr-3">
                    {values[index] == null ? '–' : text(values[index])}
                  </td>
                ))}
              </tr>
            ))
            .reverse()}
        </tbody>
      </table>
    </div>
  )
}
