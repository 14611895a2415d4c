// What requests of the console name things by. Postgres takes no NUL in a text.

import { pathText } from './shapes/basics.ts'

/** Of a project, a branch or an endpoint. */
export const idText = pathText.max(100)

/** Of a role or a database, as a client gives it. */
export const clientName = pathText.min(1).max(63)
