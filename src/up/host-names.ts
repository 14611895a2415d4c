// Whether endpoint host names lead to this machine's listener, or clients need the form with options=endpoint%3D….

import { lookUpName } from '../lib/name-lookup.ts'

/** A resolver that does not answer must not hold up the start. */
const lookupTimeoutMs = 2000

export async function hostNamesResolve(hostSuffix: string): Promise<boolean> {
  try {
    return (await lookUpName(`ep-probe-00000000.${hostSuffix}`, lookupTimeoutMs)).own.length > 0
  } catch {
    return false
  }
}
