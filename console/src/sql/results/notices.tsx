import type { ConsoleQueryError } from '../../../../src/contract/console-query.ts'

export function Notices({ notices }: { notices: ConsoleQueryError[] }) {
  if (notices.length === 0) return null
  return (
    <ul aria-label="Notices" className="max-h-40 space-y-1 overflow-y-auto text-sm">
      {notices.map((notice, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they come one after the other, and never move
        <li key={index} className="rounded-md border border-line bg-raised px-3 py-1.5">
          <span className="text-warn">{notice.severity}</span> {notice.message}
          {notice.detail !== undefined && <span className="text-ink-soft"> {notice.detail}</span>}
          {notice.hint !== undefined && <span className="text-ink-soft"> Hint: {notice.hint}</span>}
        </li>
      ))}
    </ul>
  )
}
