import { useQuery } from '@tanstack/react-query'
import { useMatches } from '@tanstack/react-router'
import { useEffect } from 'react'
import { branchQuery, projectQuery } from '../api/queries.ts'
import { guideEntry } from '../guides/guides.ts'
import { pageName, titleOf } from './page-title.ts'

/**
 * Keeps the tab's title in step; gives the page's name and its path. They are those of the page that is shown, not of the
 * address, which is ahead of it while a page is loaded. Titles ask nothing that the page does not ask itself.
 */
export function usePageTitle(): { page: string; path: string } {
  const { page, path, params } = useMatches({ select: placeOf })
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
  return { page, path }
}

interface Match {
  fullPath: string
  pathname: string
  params: object
  /** Where the address goes further than any page, what would stand around one. */
  _notFound?: boolean
}

interface Params {
  projectId?: string
  branchId?: string
  guide?: string
}

function placeOf(matches: readonly Match[]): { page: string; path: string; params: Params } {
  const { fullPath = '', pathname: path = '', params = {} } = matches.at(-1) ?? {}
  return matches.some(({ _notFound }) => _notFound)
    ? { page: 'Not found', path, params: {} }
    : { page: pageName(fullPath), path, params }
}
