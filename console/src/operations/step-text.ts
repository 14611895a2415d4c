import type { OperationAction } from '../../../src/contract/operations.ts'
import { capitalised } from '../lib/capitalised.ts'

/** The steps of control/operations, for people. */
const texts: Record<string, string> = {
  data: 'Make the data',
  ready: 'Open the branch for connections',
  computes: 'Stop and remove its computes',
  copy: 'Copy the data',
  hold: 'Stop its computes, hold new connections',
  swap: 'Put it in the other’s place',
  replace: 'Put the new data in place',
  open: 'Start on the new data',
  record: 'Note it down',
  start: 'Start the compute',
  stop: 'Stop the compute',
  remove: 'Remove it, if it was deleted',
  contents: 'Apply roles, databases and settings',
  rows: 'Remove the rows',
  windows: 'Apply the history window',
}
/** Where a step of that name does something else. */
const ofAction: Partial<Record<OperationAction, Record<string, string>>> = {
  delete_timeline: { data: 'Remove the data', rows: 'Forget the branch' },
}

/** Whether people have a word for it. */
export const hasStepText = (name: string): boolean => texts[name] !== undefined

/** One that has no text here is shown as it is called. */
export function stepText(action: OperationAction, name: string): string {
  return ofAction[action]?.[name] ?? texts[name] ?? capitalised(name.replaceAll(/[_-]/g, ' '))
}
