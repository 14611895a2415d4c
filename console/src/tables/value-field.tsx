import { type KeyboardEvent, useId } from 'react'
import { classes } from '../ui/classes.ts'
import { booleanText, type EditorKind, writtenLike } from './column-kinds.ts'
import type { TableColumn } from './table-details.ts'
import { valueProblem } from './value-problem.ts'
import type { NewValue } from './value-sql.ts'

interface ValueFieldProps {
  label: string
  /** Beside the label. */
  note?: string
  column: TableColumn
  kind: EditorKind
  value: NewValue
  onChange: (value: NewValue) => void
  /** What stands in the field when the column has its default. */
  defaultText: string
  canDefault: boolean
  isFocused?: boolean
  onKeyDown?: (event: KeyboardEvent) => void
}

const control = 'w-full rounded-md border border-line bg-page px-2.5 py-1.5 font-mono text-ink text-sm'

/** A value of a column's: NULL and the default are things of their own beside any text. */
export function ValueField(props: ValueFieldProps) {
  const { label, note, column, kind, value, onChange, defaultText, canDefault, isFocused } = props
  const id = useId()
  const problem = valueProblem(column, value)
  const wired = {
    id,
    'aria-describedby': problem === undefined ? undefined : `${id}-problem`,
    'aria-invalid': problem !== undefined || undefined,
    // Somebody has just opened this value to change it.
    autoFocus: isFocused,
    onKeyDown: props.onKeyDown,
  }
  const text = value.kind === 'value' ? value.text : ''
  const placeholder =
    value.kind === 'null' ? 'NULL' : value.kind === 'default' ? defaultText : (writtenLike(column) ?? '')
  const isChosen = kind === 'boolean' || kind === 'choice'
  return (
    <div className="space-y-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <label htmlFor={id} className="min-w-0 break-all font-medium text-sm">
          {label} <span className="font-normal text-ink-soft text-xs">{note ?? column.type}</span>
        </label>
        {!isChosen && (
          <span className="flex gap-1">
            {column.isNullable && (
              <Toggle
                text="NULL"
                label={`${column.name}: NULL`}
                isOn={value.kind === 'null'}
                onClick={() =>
                  onChange(value.kind === 'null' ? { kind: 'value', text: '' } : { kind: 'null' })
                }
              />
            )}
            {canDefault && (
              <Toggle
                text="DEFAULT"
                label={`${column.name}: DEFAULT`}
                isOn={value.kind === 'default'}
                onClick={() =>
                  onChange(value.kind === 'default' ? { kind: 'value', text: '' } : { kind: 'default' })
                }
              />
            )}
          </span>
        )}
      </div>
      {isChosen ? (
        <select
          {...wired}
          value={value.kind === 'value' ? `=${kind === 'boolean' ? booleanText(text) : text}` : value.kind}
          onChange={event => onChange(chosenValue(event.target.value))}
          className={control}
        >
          {value.kind === 'value' && text === '' && <option value="=">Choose</option>}
          {canDefault && <option value="default">{defaultText}</option>}
          {column.isNullable && <option value="null">NULL</option>}
          {(kind === 'boolean' ? ['true', 'false'] : (column.enumLabels ?? [])).map(choice => (
            <option key={choice} value={`=${choice}`}>
              {choice}
            </option>
          ))}
        </select>
      ) : kind === 'large' ? (
        <textarea
          {...wired}
          rows={lineCount(text)}
          value={text}
          placeholder={placeholder}
          spellCheck={false}
          onChange={event => onChange({ kind: 'value', text: event.target.value })}
          className={control}
        />
      ) : (
        <input
          {...wired}
          value={text}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          onChange={event => onChange({ kind: 'value', text: event.target.value })}
          className={control}
        />
      )}
      {problem !== undefined && (
        <p id={`${id}-problem`} className="text-bad text-xs">
          {problem}
        </p>
      )}
    </div>
  )
}

/** As many as the text takes, within reason. */
function lineCount(text: string): number {
  const lines = text.split('\n').reduce((count, line) => count + 1 + Math.floor(line.length / 50), 0)
  return Math.min(12, Math.max(3, lines + 1))
}

function chosenValue(chosen: string): NewValue {
  if (chosen === 'null') return { kind: 'null' }
  return chosen === 'default' ? { kind: 'default' } : { kind: 'value', text: chosen.slice(1) }
}

interface ToggleProps {
  text: string
  label: string
  isOn: boolean
  onClick: () => void
}

function Toggle({ text, label, isOn, onClick }: ToggleProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={isOn}
      onClick={onClick}
      className={classes(
        'rounded border px-1.5 font-mono text-[11px]',
        isOn ? 'border-flame text-ink' : 'border-line text-ink-soft hover:bg-sunken',
      )}
    >
      {text}
    </button>
  )
}
