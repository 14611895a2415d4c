import { limits } from '../../../src/contract/limits.ts'
import { Button } from '../ui/button.tsx'
import type { ExplainKind } from './ask.ts'

interface RunBarProps {
  isRunning: boolean
  disabledBecause: string | undefined
  run: () => void
  runAll: () => void
  cancel: () => void
  explain: (kind: ExplainKind) => void
  maxRows: number
  setMaxRows: (maxRows: number) => void
  open: (dialog: 'history' | 'saved' | 'save') => void
}

const rowChoices = [1000, 10_000, limits.consoleQueryRows]

export function RunBar(props: RunBarProps) {
  const { isRunning, disabledBecause, maxRows, setMaxRows, explain } = props
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button
        look="main"
        disabledBecause={disabledBecause}
        onClick={props.run}
        title="The statement at the cursor, or what is selected: Ctrl or ⌘ and Enter"
      >
        Run
      </Button>
      <Button disabledBecause={disabledBecause} onClick={props.runAll} title="Ctrl or ⌘, Shift and Enter">
        Run all
      </Button>
      <Button
        disabledBecause={disabledBecause}
        onClick={() => explain('plan')}
        title="How Postgres would carry the statement out, without doing so"
      >
        Explain
      </Button>
      <Button
        disabledBecause={disabledBecause}
        onClick={() => explain('analyze')}
        title="Carries the statement out, measures it, and rolls back what it changed"
      >
        Explain Analyze
      </Button>
      {/* Not in the place of Run: whoever clicks twice means to run it. */}
      {isRunning && (
        <Button look="danger" onClick={props.cancel}>
          Cancel
        </Button>
      )}
      <span className="grow" />
      <label className="inline-flex items-center gap-2 text-sm">
        <span>Rows at most</span>
        <select
          value={maxRows}
          onChange={event => setMaxRows(Number(event.target.value))}
          className="rounded-md border border-line bg-raised px-2 py-1.5"
        >
          {rowChoices.map(count => (
            <option key={count} value={count}>
              {count.toLocaleString('en')}
            </option>
          ))}
        </select>
      </label>
      <Button onClick={() => props.open('history')}>History</Button>
      <Button onClick={() => props.open('saved')}>Saved</Button>
      <Button onClick={() => props.open('save')}>Save</Button>
    </div>
  )
}
