import { momentText, type PastMoment } from '../../contract/moment.ts'

/** `ep-x-pooler` and `ep-x` are two doors of one endpoint: the same roles, the same compute. */
export const endpointIdOf = (endpointish: string): string => endpointish.replace(/-pooler$/, '')

/** `ep-x`, or `ep-x lsn:0/2`: a compute of its own. */
export const keyOf = (endpointish: string, moment: PastMoment | null): string =>
  moment ? `${endpointIdOf(endpointish)} ${momentText(moment)}` : endpointIdOf(endpointish)

/** `br-…` stands for a branch: which endpoint is meant, control knows. */
export const namesBranch = (endpointish: string): boolean => endpointish.startsWith('br-')

/** Whether the key is an endpoint's own id, and nothing else. */
export const isEndpointKey = (key: string): boolean => !namesBranch(key) && !key.includes(' ')
