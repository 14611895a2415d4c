import type { ReactNode } from 'react'
import { useScrolls } from './use-scrolls.ts'

/** Rows of one kind. `null` as a column's title: the row's buttons. On a narrow page it scrolls by itself. */
export function Table({
  label,
  columns,
  children,
}: {
  label: string
  columns: readonly (string | null)[]
  children: ReactNode
}) {
  const [ref, scrolls] = useScrolls<HTMLDivElement>()
  return (
    <div
      ref={ref}
      {...(scrolls && { tabIndex: 0, role: 'region', 'aria-label': `${label}: scrolls` })}
      className="relative overflow-x-auto rounded-lg border border-line bg-raised"
    >
      <table aria-label={label} className="w-full text-left text-sm">
        <thead className="text-ink-soft">
          <tr className="border-line border-b">
            {columns.map(title => (
              <th key={title ?? ''} scope="col" className="px-4 py-2 font-medium">
                {title ?? <span className="sr-only">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  )
}

export function Row({ children }: { children: ReactNode }) {
  return <tr className="border-line border-t first:border-t-0">{children}</tr>
}

export function Cell({ children }: { children: ReactNode }) {
  return <td className="px-4 py-2.5 align-middle">{children}</td>
}

/** The last cell: its buttons. */
export function ActionsCell({ children }: { children: ReactNode }) {
  return (
    <td className="px-4 py-1.5">
      <div className="flex flex-wrap justify-end gap-1">{children}</div>
    </td>
  )
}
