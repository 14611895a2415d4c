import { useQuery } from '@tanstack/react-query'
import { useLocation, useMatches } from '@tanstack/react-router'
import { useEffect } from 'react'
import { branchQuery, projectQuery } from '../api/queries.ts'
import { guideEntry } from '../guides/guides.ts'
import { pageName, titleOf } from './page-title.ts'

/** Keeps the tab's title in step; gives the page's name. Titles ask nothing that the page does not ask itself. */
export function usePageTitle(): string {
  const { pathname } = useLocation()
  const { page, params } = useMatches({ select: matches => placeOf(matches.at(-1), pathname) })
  const { projectId = '', branchId = '', guide } = params
  const project = useQuery({ ...projectQuery(projectId), enabled: projectId !== '' })
  const branch = useQuery({ ...branchQuery(projectId, branchId), enabled: branchId !== '' })
  const title = titleOf(page, {
    project: project.data?.project.name,
    subject: guide === undefined ? branch.data?.branch.name : guideEntry(guide)?.title,
  })
  useEffect(() => {
    document.title = title
  }, [title])
  return page
}

interface Match {
  fullPath: string
  pathname: string
  params: object
}

interface Params {
  projectId?: string
  branchId?: string
  guide?: string
}

/** Where the address goes further than any page, the last that matches is what stands around pages. */
function placeOf(match: Match | undefined, pathname: string): { page: string; params: Params } {
  const path = pathname.replace(/(.)\/$/, '$1')
  const isThere = match !== undefined && match.pathname.replace(/(.)\/$/, '$1') === path
  return isThere
    ? { page: pageName(match.fullPath), params: match.params }
    : { page: 'Not found', params: {} }
}
