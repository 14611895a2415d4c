import { useQuery, useQueryClient } from '@tanstack/react-query'
import type * as routes from '../../../src/contract/routes/index.ts'
import { call } from '../api/call.ts'
import { apiKeysQuery, organizationApiKeysQuery } from '../api/queries.ts'
import { readFailure } from '../api/read-failure.ts'
import { ageText } from '../lib/age.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Empty } from '../ui/empty.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { ActionsCell, Cell, Row, Table } from '../ui/table.tsx'
import { ApiKeyCreateDialog } from './api-key-create-dialog.tsx'
import { useSettingsPlace } from './settings-place.ts'

/** All keys that reach this project: its own, the organization's, and personal ones. */
export function ApiKeysSection({ organizationId }: { organizationId: string }) {
  const { projectId, dialog, key, show, close } = useSettingsPlace()
  const queries = useQueryClient()
  const personal = useQuery(apiKeysQuery)
  const ofOrganization = useQuery(organizationApiKeysQuery(organizationId))
  const failure = readFailure(personal, ofOrganization)
  if (failure) return <Problem error={failure} />
  if (!personal.data || !ofOrganization.data) return <Skeleton />
  const keys = [
    ...ofOrganization.data
      .filter(one => one.project_id === undefined || one.project_id === projectId)
      .map(one => ({
        ...one,
        isPersonal: false,
        reaches: one.project_id ? 'this project' : 'all projects',
      })),
    ...personal.data.map(one => ({ ...one, isPersonal: true, reaches: 'everything, as you do' })),
  ]
  const about = keys.find(({ id }) => id === key)
  const revoke = async () => {
    if (!about) return
    if (about.isPersonal) {
      await call<typeof routes.revokeApiKey>('delete', '/api_keys/{key_id}', { params: { key_id: about.id } })
    } else {
      await call<typeof routes.revokeOrgApiKey>('delete', '/organizations/{org_id}/api_keys/{key_id}', {
        params: { org_id: organizationId, key_id: about.id },
      })
    }
    await queries.invalidateQueries({ queryKey: ['api-keys'] })
  }
  const nowMs = Date.now()
  return (
    <section aria-labelledby="keys-title" className="space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="max-w-xl">
          <h2 id="keys-title" className="font-medium text-lg">
            API keys
          </h2>
          <p className="text-ink-soft text-sm">
            For scripts, pipelines and Terraform. A key of this project can do nothing to other projects, and
            cannot delete this one.
          </p>
        </div>
        <Button look="main" onClick={() => show('add-key')}>
          Create key
        </Button>
      </div>
      {keys.length === 0 ? (
        <Empty title="No API key">A program that calls the API says with a key who it is.</Empty>
      ) : (
        <Table label="API keys" columns={['Key', 'Reaches', 'Last used', 'Created', null]}>
          {keys.map(one => (
            <Row key={one.id}>
              <Cell>
                <span className="font-medium">{one.name}</span>
              </Cell>
              <Cell>{one.reaches}</Cell>
              <Cell>
                {one.last_used_at
                  ? `${ageText(one.last_used_at, nowMs)}, from ${one.last_used_from_addr}`
                  : 'never'}
              </Cell>
              <Cell>{ageText(one.created_at, nowMs)}</Cell>
              <ActionsCell>
                <Button
                  look="quiet"
                  aria-label={`Revoke ${one.name}`}
                  onClick={() => show('revoke-key', one.id)}
                >
                  Revoke
                </Button>
              </ActionsCell>
            </Row>
          ))}
        </Table>
      )}
      <ApiKeyCreateDialog organizationId={organizationId} isOpen={dialog === 'add-key'} />
      <ConfirmDialog
        title={`Revoke ${about?.name ?? ''}`}
        action="Revoke key"
        isOpen={dialog === 'revoke-key' && about !== undefined}
        onClose={close}
        confirm={revoke}
      >
        <p>
          Whoever uses this key is refused from now on. It cannot be taken back: they need another key.
          {about?.last_used_at &&
            ` It was last used ${ageText(about.last_used_at, nowMs)}, from ${about.last_used_from_addr}.`}
        </p>
        {about?.isPersonal && (
          <p>
            The command <code>pilotlight</code> on the server uses such a key, too: the one that stands in{' '}
            <code>run/api-key</code> below the data directory.
          </p>
        )}
      </ConfirmDialog>
    </section>
  )
}
