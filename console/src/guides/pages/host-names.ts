import { withoutSni } from '../../connect/snippets/shell.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'
import { named } from './shared.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'symptoms',
      title: 'How it shows',
      blocks: [
        list(
          '`could not translate host name`, `failed to resolve host`, `getaddrinfo ENOTFOUND`, `Name or service not known`',
          'The connection details of this console have an address and `options=endpoint…` in place of a name.',
        ),
        terminal(
          ({ hostName }) => `getent hosts ${hostName}    # what this machine knows
pilotlight doctor           # the same, and what to do`,
        ),
        text(
          'Many systems lead every name below `.localhost` to themselves, and many do not. Programs differ, too: browsers and curl do it by themselves, Postgres’s own clients ask the system.',
        ),
      ],
    },
    {
      id: 'options',
      title: 'Without names',
      blocks: [
        text('Everything works with the address as the host and the endpoint in the options:'),
        named(withoutSni, 'URL'),
        text('Or keep the URL as it is, and tell libpq where the host is. The name is still used for TLS:'),
        file('Environment', ({ address }) => `PGHOSTADDR=${address}`),
        text(
          'Unset it before you connect to another machine: it holds for every libpq program in that shell.',
        ),
      ],
    },
    {
      id: 'hosts-file',
      title: 'The hosts file',
      blocks: [
        text('A line for each endpoint, on each machine that connects:'),
        file('/etc/hosts', ({ address, hostName }) => `${address} ${hostName}`),
      ],
    },
    {
      id: 'localhost',
      title: 'All of .localhost at once',
      blocks: [
        terminal('sudo apt-get install libnss-myhostname    # Debian, Ubuntu; or use systemd-resolved'),
        text('In a container the names lead to the container itself: see below.'),
      ],
    },
    {
      id: 'dnsmasq',
      title: 'dnsmasq',
      blocks: [
        file(
          '/etc/dnsmasq.d/pilotlight.conf',
          ({ hostSuffix, address }) => `address=/${hostSuffix}/${address}`,
        ),
        text('Then restart dnsmasq, and let the machine ask it.'),
      ],
    },
    {
      id: 'domain',
      title: 'A domain of your own',
      blocks: [
        text(
          'For more than one machine: a wildcard DNS record `*.<region>.<domain>` that leads to Pilotlight, and',
        ),
        terminal('pilotlight up --domain db.example.com --listen 0.0.0.0'),
        text('Endpoints keep their ids; their host names get the new ending.'),
      ],
    },
    {
      id: 'containers',
      title: 'Docker and WSL',
      blocks: [
        text(
          'Inside a container `127.0.0.1` is the container. Let Pilotlight listen wider (`--listen 0.0.0.0`), and lead the name to the host:',
        ),
        terminal(({ hostName }) => `docker run --add-host ${hostName}:host-gateway …`),
        text('After a change restart Pilotlight: it looks at its host names when it starts.'),
      ],
    },
  ],
}
