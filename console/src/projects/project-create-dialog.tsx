import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { defaults } from '../../../src/contract/defaults.ts'
import { limits } from '../../../src/contract/limits.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { followOperations } from '../api/follow-operations.ts'
import { machineQuery } from '../api/queries.ts'
import { historyChoices, suspendChoices } from '../lib/setting-choices.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { SelectField, TextField } from '../ui/field.tsx'
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
  const [pgVersion, setPgVersion] = useState<number>(defaults.postgresMajor)
  const [suspendSeconds, setSuspendSeconds] = useState<number>(defaults.suspendTimeoutSeconds)
  const [historySeconds, setHistorySeconds] = useState<number>(defaults.historyRetentionSeconds)
  const machine = useQuery(machineQuery)
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
            default_endpoint_settings: { suspend_timeout_seconds: suspendSeconds },
          },
        },
      }),
    onSuccess: async ({ project, operations }) => {
      void followOperations(operations, {
        working: `Creating ${project.name}`,
        done: `${project.name} is ready`,
      }).then(() => queries.invalidateQueries({ queryKey: ['project', project.id] }))
      await queries.invalidateQueries({ queryKey: ['projects'] })
      await navigate({
        to: '/projects/$projectId',
        params: { projectId: project.id },
        search: { connect: true },
      })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creation.mutate()
  }
  const majors = [
    ...new Set(machine.data?.postgres.map(({ major }) => major) ?? [defaults.postgresMajor]),
  ].sort()
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
      <SelectField
        label="Postgres version"
        value={pgVersion}
        onChange={event => setPgVersion(Number(event.target.value))}
        hint="Of those on this machine. It cannot be changed later."
      >
        {majors.map(major => (
          <option key={major} value={major}>
            {major}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Goes to sleep after"
        value={suspendSeconds}
        onChange={event => setSuspendSeconds(Number(event.target.value))}
        hint="Without work. The next connection wakes it."
      >
        {suspendChoices.map(([seconds, text]) => (
          <option key={seconds} value={seconds}>
            {text}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="History"
        value={historySeconds}
        onChange={event => setHistorySeconds(Number(event.target.value))}
        hint="How far back any moment can be opened or restored."
      >
        {historyChoices.map(([seconds, text]) => (
          <option key={seconds} value={seconds}>
            {text}
          </option>
        ))}
      </SelectField>
      {creation.isError && <Problem error={creation.error} />}
      <Button
        type="submit"
        look="main"
        disabledBecause={creation.isPending ? 'It is being created' : undefined}
      >
        Create project
      </Button>
    </form>
  )
}
