import { shellWord } from '../../connect/snippets/snippet.ts'
import { file, type Guide, list, terminal, text } from '../guide.ts'

export const guide: Guide = {
  sections: [
    {
      id: 'cli',
      title: 'neon and neonctl',
      blocks: [
        text(
          'Neon’s own command line works unchanged once it knows where the API is, and a key. Make one under Settings, API keys; the first one is in the file `<data-dir>/run/api-key`.',
        ),
        terminal(
          ({ projectId, branchName, apiUrl }) => `npm install -g neon
export NEON_API_HOST=${apiUrl}/api/v2
export NEON_API_KEY='napi_…'
neon projects list
neon branches list --project-id ${projectId}
neon connection-string ${shellWord(branchName)} --project-id ${projectId}
neon branches create --project-id ${projectId} --name dev --psql`,
        ),
        list(
          '`neon connection-string` puts the URL together itself, and names no port. Where this server’s is not 5432, set `PGPORT`.',
          '`roles create --no-login`: write `--no-login=true`.',
          '`auth`, `init`, `bootstrap` and `mcp` talk to Neon’s own cloud, not to this server.',
          '`--no-analytics` keeps it from reporting its use to Neon.',
        ),
        text(
          'Over HTTPS with the local authority’s certificate: `NODE_EXTRA_CA_CERTS=<data-dir>/tls/ca.crt`.',
        ),
      ],
    },
    {
      id: 'sdk',
      title: 'SDKs',
      blocks: [
        file(
          'main.ts',
          ({ apiUrl }) => `import { createApiClient } from '@neondatabase/api-client'

const api = createApiClient({ apiKey: process.env.NEON_API_KEY!, baseURL: '${apiUrl}/api/v2' })
console.log((await api.listProjects({})).data.projects)`,
        ),
        file(
          'main.py',
          ({ apiUrl }) => `import os

from neon_api import NeonAPI  # pip install neon-api

neon = NeonAPI(os.environ["NEON_API_KEY"], base_url="${apiUrl}/api/v2/")  # with the slash at the end
print(neon.projects())`,
        ),
        terminal(
          ({ apiUrl, projectId }) =>
            `curl -H "Authorization: Bearer $NEON_API_KEY" ${apiUrl}/api/v2/projects/${projectId}`,
        ),
      ],
    },
    {
      id: 'actions',
      title: 'GitHub Actions',
      blocks: [
        text(
          'The actions take the address as `api_host`. The runner has to reach it, and the database’s port.',
        ),
        file(
          '.github/workflows/preview.yml',
          ({ projectId, apiUrl }) => `- uses: neondatabase/create-branch-action@v6
  with:
    project_id: ${projectId}
    api_key: \${{ secrets.PILOTLIGHT_API_KEY }}
    api_host: ${apiUrl}/api/v2
    branch_name: preview/pr-\${{ github.event.number }}`,
        ),
      ],
    },
    {
      id: 'own-cli',
      title: 'Pilotlight’s own command line',
      blocks: [
        text(
          'On the server’s machine it needs no key. It has what Neon’s has not: moments of the past by `--at 10m`, storage, usage, advisors, `doctor`.',
        ),
        terminal(
          ({ projectId }) => `pilotlight psql ${projectId}
pilotlight branches create ${projectId} --name try
pilotlight --help`,
        ),
      ],
    },
  ],
}
