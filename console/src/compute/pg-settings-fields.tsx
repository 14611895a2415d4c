import { useId } from 'react'
import { Button } from '../ui/button.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { type KnownSetting, knownSetting, knownSettings, manualUrl } from './known-settings.ts'
import { newRow, rowProblem, type SettingRow } from './pg-settings.ts'

interface PgSettingsFieldsProps {
  rows: readonly SettingRow[]
  onChange: (rows: SettingRow[]) => void
  /** What the server said about one of them. */
  refused: { key: number; text: string } | undefined
  /** Of Postgres. */
  major: number
}

/** One row a setting; those that the page does not know are taken as they are written. */
export function PgSettingsFields({ rows, onChange, refused, major }: PgSettingsFieldsProps) {
  const listId = useId()
  const change = (key: number, some: Partial<SettingRow>) =>
    onChange(rows.map(row => (row.key === key ? { ...row, ...some } : row)))
  return (
    <div className="space-y-3">
      <datalist id={listId}>
        {knownSettings.map(({ name, text }) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
      </datalist>
      {rows.length === 0 && (
        <p className="text-ink-soft text-sm">None is chosen: Postgres’s own, and those of the size, count.</p>
      )}
      {rows.map(row => (
        <Setting
          key={row.key}
          {...{ row, listId, major }}
          // Nothing is wrong with what nobody has written yet.
          problem={
            (row.name === '' ? undefined : rowProblem(row, rows)) ??
            (refused?.key === row.key ? refused.text : undefined)
          }
          onChange={some => change(row.key, some)}
          remove={() => onChange(rows.filter(({ key }) => key !== row.key))}
        />
      ))}
      <Button onClick={() => onChange([...rows, newRow()])}>Add setting</Button>
    </div>
  )
}

interface SettingProps {
  row: SettingRow
  listId: string
  major: number
  problem: string | undefined
  onChange: (some: Partial<SettingRow>) => void
  remove: () => void
}

function Setting({ row, listId, major, problem, onChange, remove }: SettingProps) {
  const known = knownSetting(row.name)
  return (
    <fieldset className="rounded-md border border-line p-3">
      <legend className="sr-only">{row.name === '' ? 'New setting' : row.name}</legend>
      <div className="grid items-start gap-3 sm:grid-cols-[1fr_1fr_auto]">
        <TextField
          label="Setting"
          value={row.name}
          list={listId}
          autoComplete="off"
          spellCheck={false}
          placeholder="work_mem"
          onChange={event => onChange({ name: event.target.value })}
        />
        <ValueField {...{ known, problem }} value={row.value} onChange={value => onChange({ value })} />
        <div className="sm:pt-6">
          <Button look="quiet" aria-label={`Remove ${row.name || 'this setting'}`} onClick={remove}>
            Remove
          </Button>
        </div>
      </div>
      {known && (
        <p className="mt-1 text-ink-soft text-xs">
          {known.text} {known.atStart ? 'Counts from the next start.' : 'Counts at once.'}{' '}
          <a href={manualUrl(known, major)} target="_blank" rel="noreferrer" className="text-link underline">
            Manual
          </a>
        </p>
      )}
    </fieldset>
  )
}

interface ValueFieldProps {
  known: KnownSetting | undefined
  value: string
  problem: string | undefined
  onChange: (value: string) => void
}

const placeholders: Record<string, string> = { size: '64MB', time: '30s', number: '4', text: '' }

function ValueField({ known, value, problem, onChange }: ValueFieldProps) {
  const choices = known && choicesOf(known)
  // What is set already may be written in another way: yes, true, 1.
  if (choices && (value === '' || choices.includes(value))) {
    return (
      <SelectField
        label="Value"
        error={problem}
        value={value}
        onChange={event => onChange(event.target.value)}
      >
        <option value="" disabled>
          Choose
        </option>
        {choices.map(choice => (
          <option key={choice}>{choice}</option>
        ))}
      </SelectField>
    )
  }
  return (
    <TextField
      label="Value"
      error={problem}
      value={value}
      autoComplete="off"
      spellCheck={false}
      placeholder={typeof known?.kind === 'string' ? placeholders[known.kind] : undefined}
      hint={hintOf(known)}
      onChange={event => onChange(event.target.value)}
    />
  )
}

function choicesOf({ kind }: KnownSetting): readonly string[] | undefined {
  if (kind === 'on or off') return ['on', 'off']
  return typeof kind === 'string' ? undefined : kind
}

function hintOf(known: KnownSetting | undefined): string | undefined {
  if (known?.kind === 'size') return 'With its unit: kB, MB or GB.'
  return known?.kind === 'time' ? 'With its unit: ms, s, min or h.' : undefined
}
