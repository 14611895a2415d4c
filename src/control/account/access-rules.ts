// What each kind of API key may: one table, by class of path. Everything else trusts that a call that got here may be made.

import type { ApiKey } from '../../catalog/api-keys.ts'
import type { ApiKeyKind } from '../../catalog/schema.ts'
import { type ErrorCode, PilotlightError } from '../../contract/errors.ts'

/**
 * identity: who am I, where · user: the user's own account and keys · organization keys: making and revoking them ·
 * organization: its members and what it holds · projects: all of them, and new ones · project: one from inside ·
 * project owner: what ends it, or gives it away · installation: the machine, its storage, its log
 */
export const pathClasses = [
  'identity',
  'user',
  'organization keys',
  'organization',
  'projects',
  'project',
  'project owner',
  'installation',
] as const
export type PathClass = (typeof pathClasses)[number]

type Verdict = 'allowed' | 'own project' | Extract<ErrorCode, `${string}_keys` | 'outside_key_project'>

/** 'own project': allowed if it is the key's, and else as any other path outside of it. Neon refuses in these words. */
const rules: Record<PathClass, Record<ApiKeyKind, Verdict>> = {
  identity: { personal: 'allowed', organization: 'allowed', project: 'allowed' },
  user: {
    personal: 'allowed',
    organization: 'not_for_organization_keys',
    project: 'not_for_organization_keys',
  },
  'organization keys': {
    personal: 'allowed',
    organization: 'not_for_organization_keys',
    project: 'not_for_organization_keys',
  },
  organization: { personal: 'allowed', organization: 'allowed', project: 'outside_key_project' },
  projects: { personal: 'allowed', organization: 'allowed', project: 'outside_key_project' },
  project: { personal: 'allowed', organization: 'allowed', project: 'own project' },
  'project owner': { personal: 'allowed', organization: 'allowed', project: 'own project' },
  installation: { personal: 'allowed', organization: 'allowed', project: 'outside_key_project' },
}

/** Names of one segment below /projects that are no project. */
const notProjects = new Set(['shared', 'auth'])
/** Below a project: what only those who own it do. GET is reading, which members may. */
const owners = new Set(['permissions', 'transfer_requests', 'recover'])

/** `path` is below the base of the API, as it came: `/projects/shiny-wind-02883412/branches`. */
export function classOf(method: string, path: string): PathClass {
  const [first = '', second, third] = path.split('/').slice(1)
  const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
  switch (first) {
    case 'auth':
    case 'regions':
      return 'identity'
    case 'users':
      return second === 'me' && third === 'organizations' ? 'identity' : 'user'
    case 'api_keys':
      return 'user'
    case 'organizations':
      return third === 'api_keys' && !reads ? 'organization keys' : 'organization'
    case 'projects':
      if (!second || notProjects.has(second)) return 'projects'
      if (third === undefined || third === '') return method === 'DELETE' ? 'project owner' : 'project'
      return owners.has(third) && !reads ? 'project owner' : 'project'
    case 'consumption_history':
      return 'projects'
    case 'pilotlight':
      return second === 'machine' ? 'identity' : 'installation'
    default:
      // What we do not know is for those who may do anything: it will be answered 404.
      return 'installation'
  }
}

/** Throws not_for_organization_keys, outside_key_project, key_forbidden. */
export function assertMay(
  key: Pick<ApiKey, 'kind' | 'project_id'>,
  call: { method: string; path: string },
): void {
  const pathClass = classOf(call.method, call.path)
  const verdict = rules[pathClass][key.kind]
  if (verdict === 'allowed') return
  if (verdict === 'own project') {
    const [, , projectId] = call.path.split('/')
    if (projectId !== key.project_id) throw outside(key)
    if (pathClass === 'project owner') throw new PilotlightError('key_forbidden')
    return
  }
  if (verdict === 'outside_key_project') throw outside(key)
  throw new PilotlightError(verdict)
}

function outside({ project_id }: Pick<ApiKey, 'project_id'>): PilotlightError {
  return new PilotlightError('outside_key_project', { project: project_id ?? '' })
}
