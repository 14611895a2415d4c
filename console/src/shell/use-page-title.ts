import { useQuery } from '@tanstack/react-query'
import { useMatches } from '@tanstack/react-router'
import { useEffect } from 'react'
import { branchQuery, projectQuery } from '../api/queries.ts'
import { guideEntry } from '../guides/guides.ts'
import { pageName, titleOf } from './page-title.ts'

/** Keeps the tab's title in step; gives the page's name. Titles ask nothing that the page does not ask itself. */
export function usePageTitle(): string {
  const { page, params } = useMatches({ select: matches => placeOf(matches) })
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
  status: string
  globalNotFound?: boolean
  params: object
}

function placeOf(matches: readonly Match[]) {
  const last = matches.at(-1)
  const isMissing = matches.some(one => one.globalNotFound || one.status === 'notFound')
  const params: { projectId?: string; branchId?: string; guide?: string } = isMissing
    ? {}
    : { ...last?.params }
  return { page: isMissing || !last ? 'Not found' : pageName(last.fullPath), params }
}
