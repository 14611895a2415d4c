import { quoted } from '../../connect/snippets/snippet.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'

/** A string of Terraform's, in which nothing is looked up. */
const plain = (content: string): string =>
  quoted(content)
    .replaceAll('${', () => '$${')
    .replaceAll('%{', '%%{')

export const guide: Guide = {
  sections: [
    {
      id: 'address',
      title: 'Lead the provider here',
      blocks: [
        text(
          'The provider `kislerdm/neon` takes no address: it always asks `https://console.neon.tech/api/v2`. So that name has to lead to Pilotlight on the machine on which Terraform runs, on port 443, with a certificate for it.',
        ),
        terminal(
          ({ address }) => `sudo pilotlight up --https-port 443 --api-host-name console.neon.tech
echo '${address} console.neon.tech' | sudo tee -a /etc/hosts
export SSL_CERT_FILE=/var/lib/pilotlight/tls/ca.crt
export NEON_API_KEY=$(sudo cat /var/lib/pilotlight/run/api-key)`,
        ),
        list(
          '`SSL_CERT_FILE` replaces the system’s authorities for that shell: run `terraform init` in another one, or let `sudo pilotlight trust` add ours to them.',
          'As long as the line stands in `/etc/hosts`, that machine does not reach Neon itself.',
        ),
      ],
    },
    {
      id: 'resources',
      title: 'Resources',
      blocks: [
        file(
          'main.tf',
          ({ projectId, branchName }) => `terraform {
  required_providers {
    neon = {
      source  = "kislerdm/neon"
      version = "0.15.0"
    }
  }
}

provider "neon" {}

resource "neon_branch" "preview" {
  project_id = "${projectId}"
  name       = ${plain(`preview-of-${branchName}`)}
}

resource "neon_endpoint" "preview" {
  project_id = "${projectId}"
  branch_id  = neon_branch.preview.id
}

output "host" {
  value = neon_endpoint.preview.host
}`,
        ),
        terminal('terraform init\nterraform apply'),
        text(
          'Projects, branches, endpoints, roles, databases, API keys, JWKS, data sources and imports work with 0.15.0. `neon_project_permission` and `neon_vpc_endpoint_*` are not available.',
        ),
      ],
    },
  ],
}
