// The SQL editor's saved queries: GET, PUT and DELETE /api/console/saved_queries. They are a project's, not somebody's.

import { z } from 'zod'
import { idText } from './console-names.ts'
import { limits } from './limits.ts'
import { pathText } from './shapes/basics.ts'

const name = pathText.trim().min(1).max(limits.savedQueryNameChars)

export const savedQueriesSchema = z.object({ project_id: idText })

export const saveQuerySchema = z.object({
  project_id: idText,
  name,
  sql: z.string().min(1).max(limits.savedQueryChars),
  /** False: a name that is taken is an error. */
  replaces: z.boolean().default(false),
})
export type SaveQuery = z.input<typeof saveQuerySchema>

export const deleteSavedQuerySchema = z.object({ project_id: idText, name })
export type DeleteSavedQuery = z.input<typeof deleteSavedQuerySchema>

export interface SavedQuery {
  name: string
  sql: string
  updated_at: string
}
