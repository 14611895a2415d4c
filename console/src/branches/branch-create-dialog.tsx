import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import type { Branch } from '../api/queries.ts'
import { snapshotsQuery } from '../api/queries.ts'
import { useChange } from '../api/use-change.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import type { BranchDialogProps } from './branch-dialog-props.ts'
import { createBranch, type NewBranch } from './create-branch.ts'
import { expiryProblem, never } from './expiry.ts'
import { ExpiryField } from './expiry-field.tsx'
import { momentProblem, type WantedMoment } from './moment.ts'
import { MomentFields, useMoment } from './moment-fields.tsx'

export function BranchCreateDialog({ onClose, ...rest }: BranchDialogProps) {
  return (
    <Dialog
      title="New branch"
      description="A copy with all its data, which changes nothing of where it comes from."
      isOpen
      onClose={onClose}
    >
      <BranchCreateForm onClose={onClose} {...rest} />
    </Dialog>
  )
}

type Form = Omit<NewBranch, 'timeMs'> & Pick<WantedMoment, 'timeMs'>

function BranchCreateForm({ projectId, branch, branches, onClose }: BranchDialogProps) {
  const [wanted, setWanted] = useState<Form>({
    ...{ name: '', from: 'now', parentId: branch.id, snapshotId: '', timeMs: 'likely', lsn: '' },
    ...{ hasCompute: true, isSchemaOnly: false, expiry: never },
  })
  const set = (some: Partial<Form>) => setWanted({ ...wanted, ...some })
  const isOfSnapshot = wanted.from === 'snapshot'
  const { moment: ofBranch, window } = useMoment(projectId, wanted.parentId, {
    kind: wanted.from === 'snapshot' ? 'now' : wanted.from,
    ...{ timeMs: wanted.timeMs, lsn: wanted.lsn },
  })
  const snapshots = useQuery(snapshotsQuery(projectId))
  const snapshotId = wanted.snapshotId || snapshots.data?.snapshots[0]?.id
  const moment = isOfSnapshot ? undefined : ofBranch
  const creation = useChange(
    projectId,
    () =>
      createBranch(projectId, {
        ...{ ...wanted, snapshotId: snapshotId ?? '' },
        timeMs: ofBranch.timeMs,
      }),
    () => ({
      working: `Creating ${wanted.name || 'a branch'}`,
      done: `${wanted.name || 'The branch'} is ready`,
    }),
    onClose,
  )
  const isTaken = branches.some(({ name }) => name === wanted.name)
  const disabledBecause =
    (isTaken && 'Another branch has this name') ||
    (moment && momentProblem(moment, window)) ||
    (isOfSnapshot && snapshotId === undefined && 'There is no snapshot') ||
    expiryProblem(wanted.expiry, Date.now()) ||
    (creation.isPending && 'It is being created') ||
    undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) creation.mutate()
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={wanted.name}
        maxLength={limits.projectNameChars}
        placeholder="dev"
        hint="Left empty, it is called by its id."
        error={isTaken ? 'Another branch has this name' : undefined}
        onChange={event => set({ name: event.target.value })}
      />
      <SelectField
        label="From"
        value={wanted.from}
        onChange={event => set({ from: event.target.value as NewBranch['from'] })}
      >
        <option value="now">A branch as it is now</option>
        <option value="time">A branch as it was at a time</option>
        <option value="lsn">A branch as it was at an LSN</option>
        <option value="snapshot">A snapshot</option>
      </SelectField>
      {isOfSnapshot ? (
        <SnapshotField
          snapshots={snapshots.data?.snapshots ?? []}
          chosen={snapshotId}
          onChange={id => set({ snapshotId: id })}
        />
      ) : (
        <ParentField
          branches={branches}
          chosen={wanted.parentId}
          onChange={parentId => set({ parentId, timeMs: 'likely' })}
        />
      )}
      {snapshots.isError && isOfSnapshot && <Problem error={snapshots.error} />}
      {moment && (
        <MomentFields
          projectId={projectId}
          branchId={wanted.parentId}
          chosen={moment}
          onChange={({ timeMs, lsn }) => set({ timeMs, lsn })}
        />
      )}
      <ExpiryField chosen={wanted.expiry} onChange={expiry => set({ expiry })} />
      {isOfSnapshot ? (
        <p className="text-ink-soft text-sm">It gets a compute, with an address of its own.</p>
      ) : (
        <>
          <CheckboxField
            label="With a compute"
            hint="Without one nobody can connect to it; it can be given one later."
            checked={wanted.hasCompute}
            onChange={hasCompute => set({ hasCompute })}
          />
          <CheckboxField
            label="Schema only"
            hint="Its tables are empty, and it stands by itself: for data that must not be copied."
            checked={wanted.isSchemaOnly}
            onChange={isSchemaOnly => set({ isSchemaOnly })}
          />
        </>
      )}
      {creation.isError && <Problem error={creation.error} />}
      <Button type="submit" look="main" disabledBecause={disabledBecause}>
        Create branch
      </Button>
    </form>
  )
}

interface ChoiceProps {
  chosen: string | undefined
  onChange: (id: string) => void
}

function ParentField({ branches, chosen, onChange }: ChoiceProps & { branches: Branch[] }) {
  return (
    <SelectField label="Parent" value={chosen} onChange={event => onChange(event.target.value)}>
      {branches.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </SelectField>
  )
}

interface NamedSnapshot {
  id: string
  name: string
  created_at: string
}

function SnapshotField({ snapshots, chosen, onChange }: ChoiceProps & { snapshots: NamedSnapshot[] }) {
  const nowMs = Date.now()
  if (snapshots.length === 0) {
    return (
      <p className="text-ink-soft text-sm">
        There is no snapshot yet. A branch's page makes one, by hand or by a schedule.
      </p>
    )
  }
  return (
    <SelectField label="Snapshot" value={chosen} onChange={event => onChange(event.target.value)}>
      {snapshots.map(({ id, name, created_at }) => (
        <option key={id} value={id}>
          {name}, {ageText(created_at, nowMs)}
        </option>
      ))}
    </SelectField>
  )
}
