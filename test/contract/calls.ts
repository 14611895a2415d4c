// What a call of the table is given, and what it may leave for those after it.

import type { Api } from '@neondatabase/api-client'
import type { Pilotlight, ProjectDetails } from '../fixtures/pilotlight.ts'

export interface World {
  pilotlight: Pilotlight
  api: Api<unknown>
  project: ProjectDetails
  /** Waits until the operations of the project have ended. */
  settle(): Promise<void>
  /** What earlier calls made: `branch`, `snapshot`, `role`. */
  made: Map<string, string>
  /** @throws where the call that makes it has failed. */
  the(what: string): string
  copiesAreCheap: boolean
}

/** Which operation, which status it is to answer with, and the call by the official client. */
export type Call = readonly [
  operationId: string,
  status: number | typeof ifCopiesAreCheap,
  call: (world: World) => Promise<{ status: number }>,
]

/** 200 where deleted data is kept, which is where it shares its bytes with others; 404 elsewhere. */
export const ifCopiesAreCheap = 'as the file system is'

/**
 * The answer of a call that may be refused. The checker has seen it in either case.
 * @throws where there was no answer, or one that breaks the contract
 */
export async function answered(call: Promise<{ status: number }>): Promise<{ status: number }> {
  try {
    return await call
  } catch (error) {
    const { response } = error as { response?: { status: number } }
    if (response) return response
    throw error
  }
}
