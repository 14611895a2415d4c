// A browser's session on a real Pilotlight, without the browser: its cookie, and what the console's pages ask with it.

import type { ConsoleQuery, ConsoleQueryLine } from '../../src/contract/console-query.ts'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'

export type Line<T extends ConsoleQueryLine['type']> = Extract<ConsoleQueryLine, { type: T }>

export interface Answer {
  lines: ConsoleQueryLine[]
  of<T extends ConsoleQueryLine['type']>(type: T): Line<T>[]
  /** Of all results, in their order. */
  rows: (string | null)[][]
}

export class SignedIn {
  readonly #url: string
  readonly headers: Record<string, string>

  private constructor(url: string, cookie: string) {
    this.#url = url
    this.headers = { Cookie: cookie, 'X-Pilotlight-Console': '1', 'Content-Type': 'application/json' }
  }

  static async open(pilotlight: Pilotlight): Promise<SignedIn> {
    const response = await fetch(`${pilotlight.run.apiUrl}/api/console/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ api_key: pilotlight.apiKey }),
    })
    if (!response.ok) throw new Error(await response.text())
    const [cookie = ''] = response.headers.getSetCookie()
    return new SignedIn(pilotlight.run.apiUrl, cookie.split(';')[0]!)
  }

  /** `path` is below /api/console. */
  async post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    return await fetch(`${this.#url}/api/console${path}`, {
      ...{ method: 'POST', headers: this.headers, body: JSON.stringify(body) },
      ...(signal && { signal }),
    })
  }

  /** Runs SQL as the project's own role in its own database. */
  async query(
    project: ProjectDetails,
    statements: (string | ConsoleQuery['statements'][number])[],
    how: Partial<ConsoleQuery> = {},
  ): Promise<Answer> {
    const response = await this.post('/query', queryOf(project, statements, how))
    if (!response.ok) throw new Error(await response.text())
    const lines: ConsoleQueryLine[] = (await response.text())
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line))
    const of: Answer['of'] = type => lines.filter(line => line.type === type) as Line<typeof type>[]
    return { lines, of, rows: of('rows').flatMap(line => line.rows) }
  }
}

export function queryOf(
  project: ProjectDetails,
  statements: (string | ConsoleQuery['statements'][number])[],
  how: Partial<ConsoleQuery> = {},
): ConsoleQuery {
  return {
    ...{
      project_id: project.id,
      branch_id: project.branchId,
      database: project.database,
      role: project.role,
    },
    statements: statements.map(given => (typeof given === 'string' ? { sql: given } : given)),
    ...how,
  }
}
