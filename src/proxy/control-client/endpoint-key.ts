// `ep-x-pooler` and `ep-x` are two doors of one endpoint: the same roles, the same compute.

export const endpointIdOf = (endpointish: string): string => endpointish.replace(/-pooler$/, '')
