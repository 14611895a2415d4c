import type { ConsoleOperation } from '../../../src/contract/console-operations.ts'
import { hasEnded } from '../../../src/contract/operations.ts'
import { durationMsText } from '../lib/duration.ts'
import { useNow } from '../lib/use-now.ts'
import { stepText } from './step-text.ts'

export function OperationSteps({ operation }: { operation: ConsoleOperation }) {
  const { steps, action, status, started_at } = operation
  const isOver = hasEnded(status)
  const nowMs = useNow(isOver ? undefined : 1000)
  if (steps === null) {
    return (
      <p className="text-ink-soft text-sm">
        {started_at === null
          ? 'None of its steps has begun.'
          : 'It was carried out at once, in one piece: no steps of it are kept.'}
      </p>
    )
  }
  return (
    <section aria-labelledby="steps-title">
      <h3 id="steps-title" className="mb-1 font-medium text-sm">
        Steps
      </h3>
      <ol className="divide-y divide-line rounded-lg border border-line text-sm">
        {steps.map((step, index) => {
          const ended = step.ended_at === undefined ? nowMs : Date.parse(step.ended_at)
          const isLast = index === steps.length - 1
          const hasFailed = isLast && ['failed', 'cancelling'].includes(status)
          return (
            <li key={step.name} className="flex flex-wrap justify-between gap-x-4 px-3 py-1.5">
              <span>
                {stepText(action, step.name)}
                {hasFailed && <span className="text-bad"> – failed</span>}
                {step.failures > 0 && !hasFailed && (
                  <span className="text-ink-soft"> – after {triesText(step.failures)}</span>
                )}
              </span>
              <span className="text-ink-soft">
                {step.ended_at === undefined && isOver
                  ? 'cut off'
                  : durationMsText(Math.max(0, ended - Date.parse(step.started_at)))}
                {step.ended_at === undefined && !isOver && ' so far'}
              </span>
            </li>
          )
        })}
      </ol>
      {status === 'cancelling' && (
        <p className="mt-1 text-ink-soft text-xs">What it has done so far is being undone.</p>
      )}
    </section>
  )
}

const triesText = (count: number): string => (count === 1 ? 'one failed try' : `${count} failed tries`)
