// What the shapes are made of: names, moments, numbers.

import { z } from 'zod'
import { limits } from '../limits.ts'

/** An id or name in a path. Postgres takes no NUL in a text, and no name of ours has one. */
export const pathText = z.string().refine(text => !text.includes('\u0000'), 'must not contain NUL')

/**
 * Left out, or empty, which is the same at Neon: its Terraform provider sends an empty word for all that it was not told.
 */
export const emptyIsAbsent = <S extends z.ZodType>(shape: S) =>
  z
    .preprocess((value: z.input<S> | '' | undefined) => (value === '' ? undefined : value), shape.optional())
    .optional()

export const timestamp = z.string().meta({ format: 'date-time' })

/** Postgres cuts identifiers at 63 bytes; we would rather say so. Control characters make no name. */
const identifier = (what: string) =>
  z
    .string()
    .min(1, `${what} must not be empty`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    .refine(name => !/[\u0000-\u001f\u007f]/.test(name), `${what} must not contain control characters`)
    .refine(
      name => new TextEncoder().encode(name).length <= limits.identifierBytes,
      `${what} must not be longer than ${limits.identifierBytes} bytes`,
    )

const reservedDatabases = ['postgres', 'template0', 'template1']

export const databaseName = identifier('a database name').refine(
  name => !reservedDatabases.includes(name),
  `${reservedDatabases.join(', ')} are reserved`,
)

const reservedRoles = [
  'cloud_admin',
  'neon_superuser',
  'public',
  'none',
  'current_user',
  'session_user',
  'current_role',
]

export const roleName = identifier('a role name')
  .refine(name => !reservedRoles.includes(name.toLowerCase()), `${reservedRoles.join(', ')} are reserved`)
  .refine(name => !name.startsWith('pg_'), 'names that begin with pg_ are reserved by Postgres')

export const displayName = z
  .string()
  .min(1, 'a name must not be empty')
  .max(limits.projectNameChars, `a name must not be longer than ${limits.projectNameChars} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  .refine(name => !/[\u0000-\u001f\u007f]/.test(name), 'a name must not contain control characters')

/** A quarter, a half, then whole ones: Neon's steps. */
export const computeUnit = z
  .number()
  .min(0.25)
  .max(limits.computeUnitsMax)
  .refine(
    size => size === 0.25 || size === 0.5 || Number.isInteger(size),
    'a size is 0.25, 0.5, or a whole number of compute units',
  )

export const suspendTimeout = z
  .number()
  .int()
  .min(-1)
  .max(limits.suspendTimeoutMaxSeconds)
  .refine(
    seconds => seconds <= 0 || seconds >= limits.suspendTimeoutMinSeconds,
    `must be 0, -1, or at least ${limits.suspendTimeoutMinSeconds} seconds`,
  )
  .describe('Seconds of idleness before a compute is suspended. 0: the default. -1: never.')

/** RFC 3339, to the microsecond at most: Postgres's own resolution. */
export const moment = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 timestamp, such as 2026-02-26T12:00:00Z' })
  .refine(text => !/\.\d{7}/.test(text), 'must not be finer than a microsecond')

/** As Postgres writes it. */
export const lsn = z
  .string()
  .regex(/^[0-9a-fA-F]{1,8}\/[0-9a-fA-F]{1,8}$/, 'must be an LSN, such as 0/1DE2850')

/** A yes or no in a query, in all the ways that Go's ParseBool takes and other languages write: Python says `True`. */
export const flag = z
  .string()
  .refine(text => /^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(text), 'must be true or false')
  .meta({ type: 'boolean' })
  .transform(text => /^[1tT]/.test(text))

/** A folder's name below one of ours: no way out of it. */
export const directoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be a plain name: letters, digits, ".", "_", "-"')

/** Where a list goes on; left out at its end. */
export const pagination = z.object({ cursor: z.string() })

/** The same of the lists that can be sorted. */
export const cursorPagination = z.object({
  next: z.string().optional(),
  sort_by: z.string().optional(),
  sort_order: z.string().optional(),
})
