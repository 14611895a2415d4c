import { fromLocalInput, toLocalInput } from '../lib/local-time.ts'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { type ChosenExpiry, expiryChoices, expiryProblem } from './expiry.ts'

interface ExpiryFieldProps {
  chosen: ChosenExpiry
  onChange: (chosen: ChosenExpiry) => void
  hint?: string
}

export function ExpiryField({
  chosen,
  onChange,
  hint = 'It is then deleted by itself, for good, once no branch depends on it.',
}: ExpiryFieldProps) {
  return (
    <>
      <ChoiceField
        label="Expires"
        hint={hint}
        choices={expiryChoices}
        value={chosen.seconds}
        onChoose={seconds => onChange({ ...chosen, seconds })}
      />
      {chosen.seconds === -1 && (
        <TextField
          label="Expires at"
          type="datetime-local"
          step={1}
          value={chosen.atMs === undefined ? '' : toLocalInput(chosen.atMs)}
          error={expiryProblem(chosen, Date.now())}
          hint="In your time zone."
          onChange={event => onChange({ ...chosen, atMs: fromLocalInput(event.target.value) })}
        />
      )}
    </>
  )
}
