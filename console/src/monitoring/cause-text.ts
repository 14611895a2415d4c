import type { OperationCause } from '../../../src/contract/operation-causes.ts'

/** Who woke a compute. */
export function causeText(cause: OperationCause): string {
  switch (cause.by) {
    case 'connection': {
      const application = cause.application ? ` (${cause.application})` : ''
      const address = cause.address ? ` from ${cause.address}` : ''
      return `A connection of ${cause.role} to ${cause.database}${application}${address}`
    }
    case 'request':
      if (cause.via === 'console') return 'The console'
      return cause.key_name === undefined
        ? 'A call of the API'
        : `A call of the API with the key ${cause.key_name}`
    case 'pilotlight':
      return 'Pilotlight itself'
    default:
      return cause.by
  }
}
