// What a request of the console asks, checked.

import type { Context } from 'hono'
import type { z } from 'zod'
import { PilotlightError } from '../../contract/errors.ts'
import { invalidRequest } from '../errors.ts'
import type { ApiEnv } from '../serve.ts'

/** Throws invalid_request. */
export function queryOf<Schema extends z.ZodType>(c: Context<ApiEnv>, schema: Schema): z.output<Schema> {
  return checked(c.req.query(), schema)
}

/** Throws malformed_json, invalid_request. */
export async function bodyOf<Schema extends z.ZodType>(
  c: Context<ApiEnv>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const body: unknown = await c.req.json().catch(() => {
    throw new PilotlightError('malformed_json')
  })
  return checked(body, schema)
}

/** Throws invalid_request. */
export function checked<Schema extends z.ZodType>(given: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw invalidRequest(parsed.error)
  return parsed.data
}
