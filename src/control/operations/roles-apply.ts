// apply_config: what the catalog has noted comes true in the compute, which is woken for that if need be: new passwords,
// and the role or database that the call was about. Or the call was about the compute's own settings (settings-apply.ts).

import * as endpoints from '../../catalog/endpoints.ts'
import { onBranchCompute, releaseBranch } from './branch-compute.ts'
import { changeOf, makeTrue, takeBack, undoInside } from './contents-change.ts'
import { branchOf, operation, type StepWork, step } from './operation.ts'
import { applySettings } from './settings-apply.ts'

const apply: StepWork = async (context, op) => {
  if (op.details?.endpoint_settings) return await applySettings(context, op)
  const { parts, contents } = context
  const branchId = branchOf(op)
  await onBranchCompute(context, branchId, (_, login) =>
    contents.change(branchId, () => makeTrue(parts, op, branchId, login)),
  )
  await forgetAccess(context, branchId)
}

const callOff: StepWork = async (context, op) => {
  if (op.details?.endpoint_settings) return
  const { parts, contents, computes } = context
  const { catalog, engine, logger } = parts
  const branchId = branchOf(op)
  const change = await changeOf(parts, op)
  if (change) {
    const writer = await endpoints.findWriter(catalog.db, branchId)
    await contents.change(branchId, async () => {
      try {
        // One that sleeps is not woken again for that; what is left is then shown, as if it had been made in SQL.
        const isUp = writer?.state === 'running'
        if (isUp) await undoInside(change, await engine.adminLogin(computes.ref(writer.id)))
      } catch (error) {
        logger.warn({ branch: branchId, err: error }, 'what was half done could not be undone')
      }
      await takeBack(parts, change, branchId)
    })
  }
  await releaseBranch(context, branchId)
  await forgetAccess(context, branchId)
}

/** Proxies must not go on with what they were told of its roles. */
const forgetAccess = async ({ parts, changes }: Parameters<StepWork>[0], branchId: string): Promise<void> => {
  changes.forgetAccess(await endpoints.listOfBranch(parts.catalog.db, branchId))
}

export const rolesApply = operation('apply_config', [step('contents', apply, callOff)])
