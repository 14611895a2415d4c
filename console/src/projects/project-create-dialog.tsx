import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { defaults } from '../../../src/contract/defaults.ts'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { followOperations } from '../api/follow-operations.ts'
import { machineQuery } from '../api/queries.ts'
import { ComputeFields } from '../compute/compute-fields.tsx'
import { computeSettings, sizesProblem } from '../compute/compute-settings.ts'
import { historyChoices } from '../lib/setting-choices.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { ChoiceField, TextField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'

export function ProjectCreateDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog
      title="New Project"
      description="It is there at once, with a branch, a database and a role."
      isOpen={isOpen}
      onClose={onClose}
    >
      <ProjectCreateForm />
    </Dialog>
  )
}

function ProjectCreateForm() {
  const [name, setName] = useState('')
  const [chosenMajor, setChosenMajor] = useState<number>()
  const [compute, setCompute] = useState(computeSettings({}))
  const [historySeconds, setHistorySeconds] = useState<number>(defaults.historyRetentionSeconds)
  const machine = useQuery(machineQuery)
  const usual: number = defaults.postgresMajor
  const majors = [...new Set(machine.data?.postgres.map(({ major }) => major) ?? [usual])].sort(
    (a, b) => a - b,
  )
  // This machine may not have the usual one.
  const pgVersion = chosenMajor ?? (majors.includes(usual) ? usual : (majors.at(-1) ?? usual))
  const queries = useQueryClient()
  const navigate = useNavigate()
  const creation = useMutation({
    mutationFn: () =>
      call<typeof routes.createProject>('post', '/projects', {
        body: {
          project: {
            ...(name !== '' && { name }),
            pg_version: pgVersion,
            history_retention_seconds: historySeconds,
            default_endpoint_settings: compute,
          },
        },
      }),
    onSuccess: async ({ project, operations }) => {
      void followOperations(operations, {
        working: `Creating ${project.name}`,
        done: `${project.name} is ready`,
      }).then(() => queries.invalidateQueries({ queryKey: ['project', project.id] }))
      await queries.invalidateQueries({ queryKey: ['projects'] })
    },
  })
  const disabledBecause = sizesProblem(compute) ?? (creation.isPending ? 'It is being created' : undefined)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause !== undefined) return
    creation.mutate(undefined, {
      // Here, not with the mutation: whoever has closed the dialog meanwhile is not taken along.
      onSuccess: ({ project }) =>
        navigate({
          to: '/projects/$projectId',
          params: { projectId: project.id },
          search: { connect: true },
        }),
    })
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <TextField
        label="Name"
        value={name}
        maxLength={limits.projectNameChars}
        placeholder="shop"
        hint="Left empty, it is called by its id."
        onChange={event => setName(event.target.value)}
      />
      <ChoiceField
        label="Postgres version"
        hint="Of those on this machine. It cannot be changed later."
        choices={majors.map(major => [major, String(major)])}
        value={pgVersion}
        onChoose={setChosenMajor}
      />
      <ComputeFields settings={compute} onChange={setCompute} />
      <ChoiceField
        label="History"
        hint="How far back any moment can be opened or restored."
        choices={historyChoices}
        value={historySeconds}
        onChoose={setHistorySeconds}
      />
      {creation.isError && <Problem error={creation.error} />}
      <Button type="submit" look="main" disabledBecause={disabledBecause}>
        Create project
      </Button>
    </form>
  )
}
