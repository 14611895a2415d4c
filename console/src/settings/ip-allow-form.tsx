import { useState } from 'react'
import { limits } from '../../../src/contract/limits.ts'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { TextAreaField } from '../ui/field.tsx'
import { entriesOf, isAddressEntry, lets } from './address-list.ts'
import { SettingsForm } from './settings-form.tsx'
import { type Project, useProjectUpdate } from './use-project-update.ts'

export function IpAllowForm({ project }: { project: Project }) {
  const before = project.settings.allowed_ips
  const [text, setText] = useState((before?.ips ?? []).join('\n'))
  const [protectedOnly, setProtectedOnly] = useState(before?.protected_branches_only ?? false)
  const saving = useProjectUpdate(project)
  const ips = entriesOf(text)
  const bad = ips.find(entry => !isAddressEntry(entry))
  const problem =
    bad !== undefined
      ? `“${bad}” is no address, network or range`
      : ips.length > limits.allowedIps
        ? `There may be ${limits.allowedIps} at most`
        : undefined
  const shutOut = problem === undefined ? ownAddresses().filter(address => !lets(ips, address)) : []
  return (
    <SettingsForm
      title="IP allow"
      about={
        <>
          <p>
            From where programs may connect to Postgres. Others are refused before their password is looked
            at, and wake nothing. It counts for new connections at once; open sessions go on.
          </p>
          <p>This console and the API are not bounded by it.</p>
        </>
      }
      saving={saving}
      save={() =>
        saving.mutate({ settings: { allowed_ips: { ips, protected_branches_only: protectedOnly } } })
      }
      isChanged={
        ips.join('\n') !== (before?.ips ?? []).join('\n') ||
        protectedOnly !== (before?.protected_branches_only ?? false)
      }
      problem={problem}
    >
      <TextAreaField
        label="Allowed addresses"
        rows={6}
        spellCheck={false}
        placeholder={'203.0.113.7\n203.0.113.0/24\n203.0.113.1-203.0.113.9'}
        hint="One a line: an address, a network or a range, IPv4 or IPv6. None: everybody may connect."
        error={problem}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      <CheckboxField
        label="For protected branches only"
        hint="All other branches can be connected to from everywhere."
        checked={protectedOnly}
        onChange={setProtectedOnly}
      />
      {shutOut.length > 0 && (
        <p role="status" className="rounded-md border border-warn p-3 text-sm">
          This list does not hold {shutOut.join(' and ')}: programs on this machine, where this page is
          served, could not connect {protectedOnly ? 'to protected branches ' : ''}by that address any more.
        </p>
      )}
    </SettingsForm>
  )
}

/**
 * From where this browser's machine connects. That is known where it is the server's own; else some router in between may
 * have given it another address, and nothing is said.
 */
function ownAddresses(): string[] {
  const host = window.location.hostname.replace(/^\[|\]$/g, '')
  if (host === '::1') return ['::1']
  return host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') ? ['127.0.0.1'] : []
}
