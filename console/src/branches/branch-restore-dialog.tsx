import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { useChange } from '../api/use-change.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { refusalOf } from './branch-actions.ts'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { keptName, keptProblem } from './kept-name.ts'
import { type MomentKind, momentProblem, momentText, momentWords, type WantedMoment } from './moment.ts'
import { MomentFields, useMoment } from './moment-fields.tsx'
import { restoreBranch } from './restore-branch.ts'
import { RestoreEffects } from './restore-effects.tsx'
import { SchemaCompareLink } from './schema-compare-link.tsx'
import { UndoneMigrationsSection } from './undone-migrations-section.tsx'

export function BranchRestoreDialog({ onClose, ...rest }: BranchDialogProps) {
  return (
    <Dialog
      title={`Restore ${rest.branch.name}`}
      description="To a moment of its own past, or to the data of another branch."
      isOpen
      onClose={onClose}
    >
      <BranchRestoreForm onClose={onClose} {...rest} />
    </Dialog>
  )
}

function BranchRestoreForm({ projectId, branch, branches, onClose }: BranchDialogProps) {
  const [sourceId, setSourceId] = useState(branch.id)
  const [chosen, setChosen] = useState<WantedMoment>({ kind: 'time', timeMs: 'likely', lsn: '' })
  const [keepAs, setKeepAs] = useState(() => keptName(branch.name, branches, Date.now()))
  const isSelf = sourceId === branch.id
  const source = branches.find(({ id }) => id === sourceId) ?? branch
  const { moment, window } = useMoment(projectId, sourceId, chosen)
  const children = branches.filter(({ parent_id }) => parent_id === branch.id)
  const restoring = useChange(
    projectId,
    () => restoreBranch(projectId, branch.id, { sourceId, moment: momentWords(moment), keepAs }),
    () => ({ working: `Restoring ${branch.name}`, done: `${branch.name} is restored` }),
    onClose,
  )
  const keepProblem = keptProblem(keepAs, { isNeeded: isSelf || children.length > 0, branches })
  const disabledBecause =
    refusalOf('restore', branch, branches) ??
    momentProblem(moment, window) ??
    keepProblem ??
    (restoring.isPending ? 'It is being restored' : undefined)
  const chooseSource = (id: string) => {
    setSourceId(id)
    // Its own present is what it has already.
    setChosen({ kind: id === branch.id ? 'time' : 'now', timeMs: 'likely', lsn: '' })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) restoring.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <SelectField
        label="To the data of"
        value={sourceId}
        onChange={event => chooseSource(event.target.value)}
      >
        <option value={branch.id}>{branch.name} itself</option>
        {branches
          .filter(({ id }) => id !== branch.id)
          .map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
      </SelectField>
      <SelectField
        label="As it was"
        value={moment.kind}
        onChange={event => setChosen({ ...chosen, kind: event.target.value as MomentKind })}
      >
        {!isSelf && <option value="now">Now</option>}
        <option value="time">At a time</option>
        <option value="lsn">At an LSN</option>
      </SelectField>
      <MomentFields projectId={projectId} branchId={sourceId} chosen={moment} onChange={setChosen} />
      <TextField
        label="Keep the old state as"
        value={keepAs}
        maxLength={limits.projectNameChars}
        hint="A branch like any other. Delete it once nobody misses anything."
        error={keepProblem}
        onChange={event => setKeepAs(event.target.value)}
      />
      <RestoreEffects
        branch={branch}
        source={`${source.name} as it ${moment.kind === 'now' ? 'is' : 'was'} ${momentText(moment)}`}
        keepAs={keepAs}
        family={children}
      />
      <UndoneMigrationsSection
        {...{ projectId, sourceId }}
        branchId={branch.id}
        moment={momentWords(moment)}
        disabledBecause={refusalOf('restore', branch, branches) ?? momentProblem(moment, window)}
      />
      <p>
        <SchemaCompareLink projectId={projectId} branchId={branch.id} sourceId={sourceId} moment={moment} />
      </p>
      {restoring.isError && <Problem error={restoring.error} />}
      <Button type="submit" look="danger" disabledBecause={disabledBecause}>
        Restore
      </Button>
    </form>
  )
}
