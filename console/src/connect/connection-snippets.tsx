import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import {
  connectionString,
  connectionStringWithOptions,
  endpointHost,
} from '../../../src/contract/connection-string.ts'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call, type Reply } from '../api/call.ts'
import { followOperations } from '../api/follow-operations.ts'
import { rolePasswordQuery } from '../api/queries.ts'
import { Button } from '../ui/button.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { SelectField } from '../ui/field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type Details, snippets } from './snippets/index.ts'

interface ConnectionSnippetsProps {
  projectId: string
  branchId: string
  endpointId: string
  database: string
  role: string
  machine: Reply<typeof routes.getMachine>
}

const dots = '************'

export function ConnectionSnippets(props: ConnectionSnippetsProps) {
  const [snippetId, setSnippetId] = useState(snippets[0]!.id)
  const [isShown, setShown] = useState(false)
  const password = useQuery(rolePasswordQuery(props.projectId, props.branchId, props.role))
  const reset = useMutation({
    mutationFn: () =>
      call<typeof routes.resetPassword>(
        'post',
        '/projects/{project_id}/branches/{branch_id}/roles/{role_name}/reset_password',
        { params: { project_id: props.projectId, branch_id: props.branchId, role_name: props.role } },
      ),
    onSuccess: async ({ operations }) => {
      await followOperations(operations, {
        working: `Giving ${props.role} a new password`,
        done: `${props.role} has a new password`,
      })
      await password.refetch()
    },
  })
  const snippet = snippets.find(one => one.id === snippetId)!
  const secret = password.data?.password
  const shown = snippet.files(detailsOf(props, isShown ? (secret ?? dots) : dots))
  const whole = () => snippet.files(detailsOf(props, secret ?? ''))
  return (
    <div className="space-y-4">
      <SelectField label="Show as" value={snippetId} onChange={event => setSnippetId(event.target.value)}>
        {snippets.map(({ id, title }) => (
          <option key={id} value={id}>
            {title}
          </option>
        ))}
      </SelectField>
      {password.isPending && <Skeleton lines={1} />}
      {password.isError && <Problem error={password.error} />}
      {shown.map((file, index) => (
        <figure key={file.name} className="rounded-lg border border-line bg-sunken">
          <figcaption className="flex items-center justify-between gap-2 border-line border-b px-3 py-1.5 text-ink-soft text-xs">
            {file.name}
            {secret !== undefined && (
              <CopyButton text={() => whole()[index]!.text} label={`Copy ${file.name}`} />
            )}
          </figcaption>
          {/* Focusable, so that the keyboard can scroll it. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached */}
          <pre tabIndex={0} className="overflow-x-auto p-3 font-mono text-xs leading-relaxed">
            {file.text}
          </pre>
        </figure>
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
        <Button
          onClick={() => reset.mutate()}
          disabledBecause={reset.isPending ? 'The new password is being set' : undefined}
        >
          Reset password
        </Button>
      </div>
      {reset.isError && <Problem error={reset.error} />}
      {!props.machine.hosts_resolve && (
        <p className="rounded-md border border-line p-3 text-ink-soft text-xs">
          Host names such as {endpointHost(props.endpointId, props.machine.host_suffix)} do not resolve on
          this machine, so the address stands in their place and the endpoint is named in the options.{' '}
          <code>pilotlight doctor</code> says how to make them resolve.
        </p>
      )}
    </div>
  )
}

function detailsOf(props: ConnectionSnippetsProps, password: string): Details {
  const { machine, endpointId, role, database } = props
  const all = {
    ...{ endpointId, role, password, database },
    ...{ hostSuffix: machine.host_suffix, port: machine.pg_port },
  }
  const uriWithOptions = connectionStringWithOptions(all, machine.pg_address)
  return {
    uri: machine.hosts_resolve ? connectionString(all) : uriWithOptions,
    uriWithOptions,
    host: machine.hosts_resolve ? endpointHost(endpointId, machine.host_suffix) : machine.pg_address,
    port: machine.pg_port,
    options: machine.hosts_resolve ? undefined : `endpoint=${endpointId}`,
    ...{ role, password, database },
  }
}
