import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type * as routes from '../../../src/contract/routes/index.ts'
import type { Reply } from '../api/call.ts'
import { rolePasswordQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CodeFigure } from './code-figure.tsx'
import { detailsOf, dots } from './connection-details.ts'
import { ConnectionTest } from './connection-test.tsx'
import { HostNamesHelp } from './host-names-help.tsx'
import { PasswordReset } from './password-reset.tsx'
import { snippets } from './snippets/index.ts'

interface ConnectionSnippetsProps {
  projectId: string
  branchId: string
  endpointId: string
  database: string
  role: string
  machine: Reply<typeof routes.getMachine>
  /** The id of the form that is shown; of an unknown one the first. */
  form: string | undefined
  onForm: (id: string) => void
}

export function ConnectionSnippets(props: ConnectionSnippetsProps) {
  const [isShown, setShown] = useState(false)
  const queries = useQueryClient()
  const passwordQuery = rolePasswordQuery(props.projectId, props.branchId, props.role)
  const password = useQuery(passwordQuery)
  const snippet = snippets.find(({ id }) => id === props.form) ?? snippets[0]!
  const secret = password.data?.password
  const shown = snippet.files(detailsOf(props, props.machine, isShown ? (secret ?? dots) : dots))
  // Asked for once more: it may have been reset since, here or elsewhere.
  const copied = async (index: number) => {
    const now = await queries.fetchQuery(passwordQuery)
    return snippet.files(detailsOf(props, props.machine, now.password))[index]!.text
  }
  return (
    <div className="space-y-4">
      <SelectField
        label="Show as"
        value={snippet.id}
        onChange={event => props.onForm(event.target.value)}
        hint="The direct host, for everything. Pooled host names come with the pooler; until then, use the direct one there, too."
      >
        {snippets.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </SelectField>
      {password.isPending && <Skeleton lines={1} />}
      {password.isError && <Problem error={password.error} />}
      {shown.map((file, index) => (
        <CodeFigure
          key={file.name}
          name={file.name}
          text={file.text}
          copied={secret === undefined ? undefined : () => copied(index)}
        />
      ))}
      {snippet.notes?.map(note => (
        <p key={note} className="text-ink-soft text-xs">
          {note}
        </p>
      ))}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => setShown(!isShown)} aria-pressed={isShown}>
          {isShown ? 'Hide password' : 'Show password'}
        </Button>
        <PasswordReset
          projectId={props.projectId}
          branchId={props.branchId}
          role={props.role}
          onReset={() => password.refetch()}
        />
      </div>
      <ConnectionTest
        // What came of it came of that database.
        key={props.database}
        target={{
          project_id: props.projectId,
          branch_id: props.branchId,
          endpoint_id: props.endpointId,
          database: props.database,
          role: props.role,
        }}
      />
      <HostNamesHelp endpointId={props.endpointId} machine={props.machine} />
    </div>
  )
}
