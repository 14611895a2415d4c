// `@neondatabase/toolkit`, which is `@neondatabase/api-client` and the HTTP driver in one. It takes a key only, so its
// client is pointed at Pilotlight after it is made.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Api, ConnectionDetails, Project } from '@neondatabase/api-client'
import { psql } from '../fixtures/clients.ts'
import { apiUrl, clientFile } from '../fixtures/neon-clients.ts'
import { Pilotlight } from '../fixtures/pilotlight.ts'

interface ToolkitProject {
  project: Project
  connectionURIs: ConnectionDetails[]
}

interface Toolkit {
  apiClient: Api<unknown>
  createProject(options?: object): Promise<ToolkitProject>
  deleteProject(project: ToolkitProject): Promise<void>
  sql(project: ToolkitProject, query: string): Promise<unknown[]>
}

describe('@neondatabase/toolkit', () => {
  let pilotlight: Pilotlight
  let toolkit: Toolkit
  before(async () => {
    pilotlight = await Pilotlight.start()
    const file = clientFile('@neondatabase', 'toolkit', 'dist', 'index.js')
    const { NeonToolkit }: { NeonToolkit: new (apiKey: string) => Toolkit } = await import(
      pathToFileURL(file).href
    )
    toolkit = new NeonToolkit(pilotlight.apiKey)
    toolkit.apiClient.instance.defaults.baseURL = apiUrl(pilotlight)
  })
  after(() => pilotlight.stop())

  test('a project of its own, with a URL that works, and gone afterwards', async () => {
    const made = await toolkit.createProject({ name: 'for an agent' })
    const answer = await psql(made.connectionURIs[0]!.connection_uri, 'select 1')
    assert.equal(answer.stdout, '1', answer.stderr)
    await toolkit.deleteProject(made)
    const { data } = await toolkit.apiClient.listProjects({})
    assert.deepEqual(data.projects, [])
  })

  test('toolkit.sql', { skip: 'SQL over HTTP is not built yet' }, async () => {
    const made = await toolkit.createProject()
    assert.deepEqual(await toolkit.sql(made, 'select 1 as one'), [{ one: 1 }])
  })
})
