// Which operation a request is, before it is routed, and what ids its path holds: for limits and for the audit log.

import type { Api } from './serve.ts'

export interface FoundRoute {
  operationId: string
  /** By the names of the path: `project_id`. */
  ids: Record<string, string>
}

export interface RouteIndex {
  /** `path` with the base of the API; undefined: there is no such operation. */
  find(method: string, path: string): FoundRoute | undefined
}

interface Entry {
  operationId: string
  segments: string[]
  /** More names are more general: `/projects/shared` goes before `/projects/{project_id}`. */
  names: number
}

/** Of all routes that are registered by now. */
export function indexRoutes(api: Api, base: string): RouteIndex {
  const byShape = new Map<string, Entry[]>()
  for (const definition of api.openAPIRegistry.definitions) {
    if (definition.type !== 'route') continue
    const { method, path, operationId } = definition.route
    const segments = path.split('/').slice(1)
    const names = segments.filter(segment => segment.startsWith('{')).length
    const shape = `${method.toUpperCase()} ${segments.length}`
    const entries = byShape.get(shape) ?? []
    entries.push({ operationId: operationId ?? `${method} ${path}`, segments, names })
    entries.sort((a, b) => a.names - b.names)
    byShape.set(shape, entries)
  }
  return {
    find(method, path) {
      const asked = path.slice(base.length).split('/').slice(1)
      const verb = method === 'HEAD' ? 'GET' : method
      for (const { operationId, segments } of byShape.get(`${verb} ${asked.length}`) ?? []) {
        const ids = match(segments, asked)
        if (ids) return { operationId, ids }
      }
      return undefined
    },
  }
}

/** The longest name that we have is shorter; what is longer is nobody's id. */
const longestId = 256

function match(segments: string[], asked: string[]): Record<string, string> | undefined {
  const ids: Record<string, string> = {}
  for (const [at, segment] of segments.entries()) {
    const value = asked[at] ?? ''
    if (segment.startsWith('{')) {
      if (value === '') return undefined
      ids[segment.slice(1, -1)] = value.slice(0, longestId)
    } else if (segment !== value) return undefined
  }
  return ids
}
