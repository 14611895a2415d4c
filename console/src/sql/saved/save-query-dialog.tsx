import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { limits } from '../../../../src/contract/limits.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/problem.tsx'
import { showToast } from '../../ui/toasts.tsx'
import { savedQueriesQuery, saveQuery } from './saved-queries.ts'

interface SaveQueryDialogProps {
  projectId: string
  sql: string
  onClose: () => void
}

export function SaveQueryDialog({ projectId, sql, onClose }: SaveQueryDialogProps) {
  const queries = useQueryClient()
  const saved = useQuery(savedQueriesQuery(projectId))
  const [name, setName] = useState('')
  const wanted = name.trim()
  const replaces = saved.data?.some(query => query.name === wanted) === true
  const saving = useMutation({
    mutationFn: () => saveQuery({ project_id: projectId, name: wanted, sql, replaces }),
    onSuccess: () => {
      showToast({ kind: 'good', text: `${wanted} is saved` })
      onClose()
    },
    onSettled: () => queries.invalidateQueries({ queryKey: savedQueriesQuery(projectId).queryKey }),
  })
  const disabledBecause =
    (sql.trim() === '' && 'There is nothing to save') ||
    (sql.length > limits.savedQueryChars &&
      `It has ${sql.length.toLocaleString('en')} characters, of which ${limits.savedQueryChars.toLocaleString('en')} can be saved`) ||
    (wanted === '' && 'Give it a name') ||
    (saving.isPending && 'It is being saved') ||
    undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (disabledBecause === undefined) saving.mutate()
  }
  return (
    <Dialog
      title="Save the query"
      description="In the project, for all who work on it. It is kept on the server, encrypted."
      isOpen
      onClose={onClose}
    >
      <form onSubmit={submit} className="space-y-4">
        <TextField
          label="Name"
          value={name}
          maxLength={limits.savedQueryNameChars}
          autoComplete="off"
          hint={replaces ? 'A query has this name: it will be replaced.' : undefined}
          onChange={event => setName(event.target.value)}
        />
        {saving.isError && <Problem error={saving.error} />}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" look="main" disabledBecause={disabledBecause}>
            {replaces ? 'Replace' : 'Save'}
          </Button>
          <Button onClick={onClose}>Cancel</Button>
        </div>
      </form>
    </Dialog>
  )
}
