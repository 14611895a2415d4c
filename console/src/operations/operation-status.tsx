import type { OperationStatus } from '../../../src/contract/operations.ts'

const looks: Record<OperationStatus, string> = {
  ...{ scheduling: 'text-warn', running: 'text-warn', cancelling: 'text-warn' },
  ...{ finished: 'text-good', failed: 'text-bad', error: 'text-bad' },
  ...{ cancelled: 'text-ink-soft', skipped: 'text-ink-soft' },
}

export function OperationStatusText({ status }: { status: OperationStatus }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={looks[status]}>
        ●
      </span>
      {status}
    </span>
  )
}
