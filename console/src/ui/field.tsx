import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react'

const control = 'w-full rounded-md border border-line bg-page px-2.5 py-1.5 text-sm text-ink'

interface FieldProps {
  label: string
  hint?: ReactNode
  error?: string | undefined
}

interface Wired {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
}

function Field({ label, hint, error, children }: FieldProps & { children: (wired: Wired) => ReactNode }) {
  const id = useId()
  const describedBy = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(
    Boolean,
  )
  return (
    <div className="space-y-1">
      <label htmlFor={id} className="block font-medium text-sm">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': describedBy.join(' ') || undefined,
        'aria-invalid': error !== undefined || undefined,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-ink-soft text-xs">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-bad text-xs">
          {error}
        </p>
      )}
    </div>
  )
}

export function TextField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Omit<InputHTMLAttributes<HTMLInputElement>, 'id'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {wired => <input {...rest} {...wired} className={control} />}
    </Field>
  )
}

export function SelectField({
  label,
  hint,
  error,
  children,
  ...rest
}: FieldProps & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'id'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {wired => (
        <select {...rest} {...wired} className={control}>
          {children}
        </select>
      )}
    </Field>
  )
}

export function TextAreaField({
  label,
  hint,
  error,
  ...rest
}: FieldProps & Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, 'id'>) {
  return (
    <Field label={label} hint={hint} error={error}>
      {wired => <textarea {...rest} {...wired} className={`${control} font-mono`} />}
    </Field>
  )
}

/** A number of some: see lib/setting-choices.ts. */
export function ChoiceField({
  choices,
  onChoose,
  ...rest
}: FieldProps & {
  choices: readonly (readonly [value: number, text: string])[]
  value: number
  onChoose: (value: number) => void
}) {
  return (
    <SelectField {...rest} onChange={event => onChoose(Number(event.target.value))}>
      {choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </SelectField>
  )
}
