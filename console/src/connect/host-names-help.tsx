import { endpointHost } from '../../../src/contract/connection-string.ts'

interface HostNamesHelpProps {
  endpointId: string
  machine: { host_suffix: string; pg_address: string; hosts_resolve: boolean }
}

/** What to do where names such as `ep-….local.localhost` lead nowhere: as `pilotlight doctor` has it. */
export function HostNamesHelp({ endpointId, machine }: HostNamesHelpProps) {
  const { host_suffix: suffix, pg_address: address, hosts_resolve: resolve } = machine
  const host = endpointHost(endpointId, suffix)
  const isLocal = suffix.endsWith('.localhost')
  return (
    <details className="rounded-md border border-line p-3 text-sm" open={!resolve}>
      <summary className="cursor-pointer font-medium">
        {resolve ? 'If the host name is not found' : 'Host names do not resolve on this machine'}
      </summary>
      <div className="mt-2 space-y-2 break-words text-ink-soft text-xs">
        <p>
          {resolve
            ? 'Where a client says “could not translate host name”, take the form “Without SNI” above: it has the address in place of the name, and names the endpoint in the options. It works with every client. To have names, do one of these:'
            : 'So the address stands in place of the name in all that is shown here, and the endpoint is named in the options. That works with every client. To have names, do one of these, and restart Pilotlight:'}
        </p>
        <ul className="list-disc space-y-1.5 pl-5">
          <li>
            A line in <code>/etc/hosts</code>, one for each endpoint: <code>{`${address} ${host}`}</code>
          </li>
          {isLocal && (
            <li>
              On Linux <code>apt-get install libnss-myhostname</code>, or systemd-resolved: every name below
              .localhost then leads to that machine itself.
            </li>
          )}
          <li>
            dnsmasq, for all endpoints at once: <code>{`address=/${suffix}/${address}`}</code>
          </li>
          <li>
            {isLocal ? (
              <>
                A domain of your own with a wildcard DNS record <code>*.&lt;region&gt;.&lt;domain&gt;</code>{' '}
                that leads here, and <code>pilotlight up --domain &lt;domain&gt;</code>.
              </>
            ) : (
              <>
                A wildcard DNS record <code>{`*.${suffix}`}</code> that leads here.
              </>
            )}
          </li>
          <li>
            For programs on libpq (psql, psycopg, Ruby, PHP) the environment is enough:{' '}
            <code>{`PGHOSTADDR=${address}`}</code>. The name is still used for TLS.
          </li>
        </ul>
        <p>
          <code>pilotlight doctor</code> tells what this machine resolves.
        </p>
      </div>
    </details>
  )
}
