// The life of a compute, and what may be asked of it when. Control moves it, the API and the CLI show it.

/**
 * suspended: no process · starting: postgres launched, not yet answering · running: accepts sessions ·
 * stopping: checkpoint and stop asked for · failed: the last start or stop went wrong; the next wake tries again
 */
export const computeMoves = {
  suspended: ['starting'],
  starting: ['running', 'failed', 'suspended'],
  running: ['stopping', 'failed', 'suspended'],
  stopping: ['suspended', 'failed', 'running'],
  failed: ['starting', 'running', 'suspended'],
} as const satisfies Record<string, readonly string[]>

export type ComputeState = keyof typeof computeMoves
export const computeStates = Object.keys(computeMoves) as ComputeState[]

export function mayMove(from: ComputeState, to: ComputeState): boolean {
  return (computeMoves[from] as readonly ComputeState[]).includes(to)
}

/** Which action makes sense in which state: the API refuses the others, a client need not offer them. */
export const computeActions = {
  start: ['suspended', 'failed', 'starting', 'running'],
  suspend: ['running', 'failed', 'suspended'],
  restart: ['running', 'failed', 'suspended'],
} as const satisfies Record<string, readonly ComputeState[]>

export type ComputeAction = keyof typeof computeActions

/** The two fields by which the Management API shows a compute's state. */
export function shownState(
  state: ComputeState,
  everStarted: boolean,
): { current_state: 'init' | 'active' | 'idle'; pending_state?: 'active' | 'idle' } {
  switch (state) {
    case 'suspended':
    case 'failed':
      return { current_state: everStarted ? 'idle' : 'init' }
    case 'starting':
      return { current_state: everStarted ? 'idle' : 'init', pending_state: 'active' }
    case 'running':
      return { current_state: 'active' }
    case 'stopping':
      return { current_state: 'active', pending_state: 'idle' }
  }
}
