import type { ReactNode } from 'react'

/** Where nothing is yet: what it would be, and how to have the first one. */
export function Empty({
  title,
  children,
  action,
}: {
  title: string
  children: ReactNode
  action?: ReactNode
}) {
  return (
    <div className="rounded-lg border border-line border-dashed p-8 text-center">
      <h3 className="font-medium">{title}</h3>
      <p className="mx-auto mt-1 max-w-md text-ink-soft text-sm">{children}</p>
      {action !== undefined && <div className="mt-4">{action}</div>}
    </div>
  )
}
