// What the browser's tab is called: the page, the project, and us.

import { projectNavEntries } from '../project/project-nav-entries.ts'

/** Pages that are not in a project's navigation, by the pattern of their path. */
const otherPages: Readonly<Record<string, string>> = {
  '/': 'Projects',
  '/sign-in': 'Sign in',
  '/projects/$projectId/branches/$branchId': 'Branch',
  '/projects/$projectId/guides/$guide': 'Guide',
}

/** Of a path's pattern, as the router has it: `/projects/$projectId/branches`. */
export function pageName(pattern: string): string {
  const path = pattern.replace(/(.)\/$/, '$1')
  const entry = projectNavEntries
    .filter(({ to }) => path === to || path.startsWith(`${to}/`))
    .sort((one, other) => other.to.length - one.to.length)[0]
  return otherPages[path] ?? entry?.text ?? 'Not found'
}

/** `dev · Branch · shop · Pilotlight`: what the page is about, the page, whose it is. */
export function titleOf(
  page: string,
  names: { subject?: string | undefined; project?: string | undefined },
): string {
  return [names.subject, page, names.project, 'Pilotlight'].filter(Boolean).join(' · ')
}
