import { type KeyboardEvent, useId } from 'react'
import { ageText } from '../lib/age.ts'
import { durationText } from '../lib/duration.ts'
import { fromLocalInput, timeText, toLocalInput, utcText } from '../lib/local-time.ts'
import { classes } from '../ui/classes.ts'
import { TextField } from '../ui/field.tsx'
import type { MomentShortcut } from './moment.ts'

interface MomentFieldProps {
  fromMs: number
  untilMs: number
  keptSeconds: number
  timeMs: number | undefined
  shortcuts: readonly MomentShortcut[]
  error: string | undefined
  onChange: (timeMs: number | undefined) => void
}

const minuteMs = 60_000

/** A moment of the history: by a word, along the line, or to the second. */
export function MomentField(props: MomentFieldProps) {
  const { fromMs, untilMs, keptSeconds, timeMs, shortcuts, error, onChange } = props
  const id = useId()
  // A second is a small step on a long line; Page Up and Down are large ones by themselves.
  const stepByMinutes = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
    if (step === undefined || !event.shiftKey) return
    event.preventDefault()
    onChange(Math.min(untilMs, Math.max(fromMs, (timeMs ?? untilMs) + step * minuteMs)))
  }
  return (
    <fieldset className="space-y-3">
      <legend className="sr-only">Moment</legend>
      <div className="flex flex-wrap gap-1.5">
        {shortcuts.map(shortcut => (
          <button
            key={shortcut.text}
            type="button"
            aria-pressed={shortcut.timeMs === timeMs}
            onClick={() => onChange(shortcut.timeMs)}
            className={classes(
              'rounded-full border px-2.5 py-1 text-xs hover:bg-sunken',
              shortcut.timeMs === timeMs ? 'border-flame' : 'border-line',
            )}
          >
            {shortcut.text}
          </button>
        ))}
      </div>
      <div>
        <input
          type="range"
          aria-label="Time within the history"
          aria-describedby={id}
          aria-valuetext={timeMs === undefined ? 'none' : timeText(timeMs)}
          min={fromMs}
          max={untilMs}
          step={1000}
          value={timeMs ?? untilMs}
          onKeyDown={stepByMinutes}
          onChange={event => onChange(Number(event.target.value))}
          className="w-full accent-flame"
        />
        <div id={id} className="flex justify-between gap-x-4 text-ink-soft text-xs">
          <span title={utcText(fromMs)}>
            {timeText(fromMs)}
            <span className="block">where the history begins: {durationText(keptSeconds)} back at most</span>
          </span>
          <span>now</span>
        </div>
        <p className="mt-1 hidden text-ink-soft text-xs sm:block">
          Arrow keys move by a second, with Shift by a minute.
        </p>
      </div>
      <TextField
        label="Time"
        type="datetime-local"
        step={1}
        min={toLocalInput(fromMs)}
        max={toLocalInput(untilMs)}
        value={timeMs === undefined ? '' : toLocalInput(timeMs)}
        error={error}
        hint={
          timeMs === undefined
            ? 'In your time zone.'
            : `In your time zone. It is ${utcText(timeMs)}, ${ageText(new Date(timeMs).toISOString(), untilMs)}.`
        }
        onChange={event => onChange(fromLocalInput(event.target.value))}
      />
    </fieldset>
  )
}
