// A control that the API can be tested on: its tables are there, nothing works off its queue, and somebody has a key.

import * as apiKeys from '../../catalog/api-keys.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { TestCluster } from '../../catalog/testing.ts'
import { apiKeyToken } from '../../lib/ids.ts'
import type { Logger } from '../../lib/logger.ts'
import { Control } from '../control.ts'
import { prepareQueue } from '../operations/queue.ts'
import { type TestClock, testControl } from '../testing.ts'

export interface PreparedControl {
  control: Control
  catalog: Catalog
  clock: TestClock
  /** A personal key, as the first start makes one. */
  token: string
}

/** With the catalog of an earlier one it is the next control, after a crash. */
export async function prepareControl(
  cluster: TestCluster,
  options: { logger?: Logger; catalog?: Catalog } = {},
): Promise<PreparedControl> {
  const catalog = options.catalog ?? (await cluster.openCatalog())
  const { parts, clock } = testControl(catalog, cluster.login, options)
  await prepareQueue(parts)
  const token = apiKeyToken()
  const createdBy = catalog.identity.user.id
  await apiKeys.insert(catalog.db, { name: 'first key', token, createdBy, scope: { kind: 'personal' } })
  return { control: new Control(parts), catalog, clock, token }
}
