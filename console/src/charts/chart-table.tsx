import { useState } from 'react'
import type { ChartData, ValueText } from './chart-data.ts'
import { pointText } from './time-text.ts'

/** The same as a table, newest first: for those who read numbers, or cannot see lines. Made when it is opened. */
export function ChartTable({
  title,
  times,
  series,
  text,
  stepMs,
}: ChartData & { title: string; text: ValueText; stepMs: number }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={event => setOpen(event.currentTarget.open)} className="text-xs">
      <summary className="cursor-pointer text-ink-soft">Table</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be within the keyboard's reach.
        <section aria-label={`${title}: table`} tabIndex={0} className="mt-2 max-h-64 overflow-auto">
          <table aria-label={title} className="w-full text-left tabular-nums">
            <thead className="text-ink-soft">
              <tr>
                <th scope="col" className="pr-3 font-medium">
                  Time
                </th>
                {series.map(({ name }) => (
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
        </section>
      )}
    </details>
  )
}
