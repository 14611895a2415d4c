// What an operation is made of: steps, each safe to repeat, each with the way to undo it where it changes the world.
// A control that was killed starts the operation again from its first step.

import type { Operation } from '../../catalog/operations.ts'
import type { OperationAction } from '../../contract/operations.ts'
import type { ChangeFeed } from '../changes.ts'
import type { Computes } from '../computes/computes.ts'
import type { Contents } from '../computes/contents.ts'
import type { Parts } from '../parts.ts'

export interface OperationContext {
  parts: Parts
  computes: Computes
  contents: Contents
  changes: ChangeFeed
}

export type StepWork = (context: OperationContext, operation: Operation) => Promise<void>

export interface Step {
  name: string
  run: StepWork
  undo?: StepWork
}

export interface OperationDefinition {
  action: OperationAction
  steps: Step[]
}

/** Thrown by a step that finds its operation's purpose gone: nothing has failed, and what comes behind it goes on. */
export class OperationSkipped extends Error {}

export function step(name: string, run: StepWork, undo?: StepWork): Step {
  return undo ? { name, run, undo } : { name, run }
}

export function operation(action: OperationAction, steps: Step[]): OperationDefinition {
  return { action, steps }
}

export function branchOf(operation: Operation): string {
  if (operation.branch_id === null) throw new Error(`operation ${operation.id} names no branch`)
  return operation.branch_id
}

export function endpointOf(operation: Operation): string {
  if (operation.endpoint_id === null) throw new Error(`operation ${operation.id} names no endpoint`)
  return operation.endpoint_id
}
