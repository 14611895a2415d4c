// Every migration, in order. A migration that has been released is never edited: write the next one.

import type { Migration } from 'kysely/migration'
import * as first from './0001-first.ts'
import * as branches from './0002-branches.ts'
import * as keys from './0003-keys.ts'
import * as settings from './0004-settings.ts'
import * as consumption from './0005-consumption.ts'
import * as projects from './0006-projects.ts'
import * as operations from './0007-operations.ts'
import * as console from './0008-console.ts'
import * as written from './0009-written.ts'
import * as causes from './0010-causes.ts'
import * as samples from './0011-samples.ts'
import * as savedQueries from './0012-saved-queries.ts'

export const migrations: Record<string, Migration> = {
  '0001-first': first,
  '0002-branches': branches,
  '0003-keys': keys,
  '0004-settings': settings,
  '0005-consumption': consumption,
  '0006-projects': projects,
  '0007-operations': operations,
  '0008-console': console,
  '0009-written': written,
  '0010-causes': causes,
  '0011-samples': samples,
  '0012-saved-queries': savedQueries,
}
