import { useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  ConsoleConnectionTest,
  ConsoleConnectionTestRequest,
  ConsoleConnectionTestStep,
} from '../../../src/contract/console-connection-test.ts'
import { send } from '../api/call.ts'
import { Button } from '../ui/button.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { stepText, verdictOf } from './connection-test-text.ts'

/** Really connects, from Pilotlight's machine, and shows how far it came. */
export function ConnectionTest({ target }: { target: ConsoleConnectionTestRequest }) {
  const queries = useQueryClient()
  const test = useMutation({
    mutationFn: async () =>
      (await send('post', '/api/console/connection_test', target)) as ConsoleConnectionTest,
    // It may have woken the compute.
    onSettled: () => queries.invalidateQueries({ queryKey: ['project', target.project_id, 'endpoints'] }),
  })
  return (
    <section aria-label="Connection test" className="space-y-3 rounded-md border border-line p-3 text-sm">
      <div className="flex flex-wrap items-center gap-3">
        <Button
          onClick={() => test.mutate()}
          disabledBecause={test.isPending ? 'It is being tested' : undefined}
        >
          Test this connection
        </Button>
        <p className="min-w-0 flex-1 basis-56 text-ink-soft text-xs">
          Pilotlight connects as a program on its own machine would, with the stored password. A compute that
          sleeps is woken.
        </p>
      </div>
      <div aria-live="polite" className="space-y-3 empty:hidden">
        {test.isPending && <Skeleton lines={2} />}
        {test.isError && <Problem error={test.error} />}
        {test.data && (
          <>
            <p className={test.data.connected ? 'text-good' : 'text-bad'}>{verdictOf(test.data)}</p>
            <ol aria-label="Steps" className="space-y-1.5">
              {test.data.steps.map(step => (
                <Step key={step.step} step={step} />
              ))}
            </ol>
          </>
        )}
      </div>
    </section>
  )
}

const marks = {
  ok: ['✓', 'text-good'],
  failed: ['✕', 'text-bad'],
  skipped: ['–', 'text-ink-soft'],
} as const

function Step({ step }: { step: ConsoleConnectionTestStep }) {
  // Without names everything goes on by the address: it is worth knowing, and no failure.
  const isWarning = step.step === 'resolve' && step.outcome === 'failed'
  const [mark, color] = isWarning ? (['!', 'text-warn'] as const) : marks[step.outcome]
  return (
    <li className="flex gap-2">
      <span aria-hidden="true" className={`w-4 shrink-0 text-center ${color}`}>
        {mark}
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap justify-between gap-x-3">
          <span>
            {stepText[step.step]}
            <span className="sr-only">: {step.outcome}</span>
          </span>
          {step.outcome !== 'skipped' && <span className="text-ink-soft text-xs">{step.ms} ms</span>}
        </p>
        {step.detail !== undefined && <p className="break-words text-ink-soft text-xs">{step.detail}</p>}
        {step.error && (
          <p className="break-words text-xs">
            <span className={color}>{step.error.message}</span> {step.error.remedy}
          </p>
        )}
      </div>
    </li>
  )
}
