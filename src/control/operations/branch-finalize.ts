// update_catalog: a branch that was restored from a snapshot takes the place of the one it was meant for: its endpoints,
// name and settings. Only the catalog changes: the data of both stays where it is.

import * as annotations from '../../catalog/annotations.ts'
import * as backupSchedules from '../../catalog/backup-schedules.ts'
import * as branches from '../../catalog/branches.ts'
import type { Db } from '../../catalog/catalog.ts'
import * as endpoints from '../../catalog/endpoints.ts'
import type { Operation } from '../../catalog/operations.ts'
import * as roles from '../../catalog/roles.ts'
import { PilotlightError } from '../../contract/errors.ts'
import { branchOf, type OperationContext, operation, type StepWork, step } from './operation.ts'
import { prove } from './prove.ts'

/** The restored branch, and the one whose place it takes. */
async function pairOf(
  db: Db,
  op: Operation,
): Promise<{ restored: branches.Branch; target: branches.Branch }> {
  const restored = await branches.find(db, branchOf(op))
  const target = restored?.restored_as ? await branches.find(db, restored.restored_as) : undefined
  if (!restored || restored.deleted_at || !target || target.deleted_at) {
    throw new PilotlightError('branch_not_found')
  }
  return { restored, target }
}

const hold: StepWork = async ({ parts, computes }, op) => {
  const { restored, target } = await pairOf(parts.catalog.db, op)
  for (const { id } of [restored, target]) {
    await branches.moveState(parts.catalog.db, id, 'init')
    for (const endpoint of await endpoints.listOfBranch(parts.catalog.db, id)) {
      await computes.hold(endpoint.id)
      // Its next compute is on other data.
      await computes.remove(endpoint)
    }
  }
}

const release: StepWork = async ({ parts }, op) => {
  const { restored, target } = await pairOf(parts.catalog.db, op)
  for (const { id } of [restored, target]) await branches.moveState(parts.catalog.db, id, 'ready')
}

const swap: StepWork = async (context, op) => {
  await context.parts.catalog.transaction(async trx => {
    const { restored, target } = await pairOf(trx, op)
    if (restored.restore_status === 'finalized') return
    await exchange(trx, target, restored, op.details?.finalize?.replaced_name ?? `${target.name} (old)`)
    await branches.update(trx, restored.id, { restore_status: 'finalized' })
    // Passwords that were changed since the snapshot was restored must go on working.
    await keepPasswords(trx, target.id, restored.id)
    await branches.setContents(trx, restored.id, 'inherited')
  })
  await tell(context, op)
}

const swapBack: StepWork = async (context, op) => {
  await context.parts.catalog.transaction(async trx => {
    const { restored, target } = await pairOf(trx, op)
    if (restored.restore_status !== 'finalized') return
    await exchange(trx, restored, target, op.details?.finalize?.restored_name ?? restored.id)
    await branches.update(trx, restored.id, { restore_status: 'restored' })
    await branches.setContents(trx, target.id, 'inherited')
  })
  await tell(context, op)
}

/** `to` gets what people know `from` by; `from` gets the endpoints that `to` had, and another name. */
async function exchange(trx: Db, from: branches.Branch, to: branches.Branch, newName: string): Promise<void> {
  const [fromEndpoints, toEndpoints] = [
    await endpoints.listOfBranch(trx, from.id),
    await endpoints.listOfBranch(trx, to.id),
  ]
  // One writer a branch: those that give way are none for a moment.
  for (const { id, internal } of toEndpoints) {
    if (!internal) await endpoints.update(trx, id, { internal: true })
  }
  for (const { id } of fromEndpoints) await endpoints.update(trx, id, { branch_id: to.id })
  for (const { id, internal } of toEndpoints)
    await endpoints.update(trx, id, { branch_id: from.id, internal })

  const { name, expires_at, ttl_interval_seconds } = from
  await branches.update(trx, from.id, {
    ...{ name: newName, protected: false, is_default: false, expires_at: null, ttl_interval_seconds: null },
  })
  await branches.update(trx, to.id, {
    ...{ name, expires_at, ttl_interval_seconds },
    ...{ protected: from.protected, is_default: from.is_default || to.is_default },
  })
  await annotations.move(trx, from.id, to.id)
  await backupSchedules.move(trx, from.id, to.id)
}

async function keepPasswords(trx: Db, from: string, to: string): Promise<void> {
  const wanted = new Map((await roles.listOfBranch(trx, from)).map(role => [role.name, role]))
  for (const { name } of await roles.listOfBranch(trx, to)) {
    const role = wanted.get(name)
    const verifier = role?.next_verifier ?? role?.verifier
    if (!role || !verifier) continue
    const box = role.next_verifier === null ? role.password_box : role.next_password_box
    await roles.setLive(trx, to, name, { verifier, password_box: box })
  }
}

async function tell({ parts, changes }: OperationContext, op: Operation): Promise<void> {
  const { restored, target } = await pairOf(parts.catalog.db, op)
  for (const { id } of [restored, target]) {
    changes.forget(await endpoints.listOfBranch(parts.catalog.db, id))
  }
}

const open: StepWork = async (context, op) => {
  const { db } = context.parts.catalog
  const { restored, target } = await pairOf(db, op)
  await prove(context, restored.id)
  await branches.moveState(db, target.id, 'ready')
}

export const branchFinalize = operation('update_catalog', [
  step('hold', hold, release),
  step('swap', swap, swapBack),
  step('open', open, hold),
])
