import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type * as routes from '../../../src/contract/routes/index.ts'
import { errorText } from '../api/api-error.ts'
import { call } from '../api/call.ts'
import { followOperations } from '../api/follow-operations.ts'
import { type Branch, branchesQuery, type Endpoint, endpointsQuery } from '../api/queries.ts'
import { refusalOf } from '../compute/compute-actions.ts'
import { copyConnectionString } from '../connect/copy-connection-string.ts'
import { guides } from '../guides/guides.ts'
import { projectNavEntries } from '../project/project-nav-entries.ts'
import { projectListQuery } from '../projects/projects-queries.ts'
import { pageKey } from '../shell/shortcuts.ts'
import { useSignOut } from '../shell/sign-out.ts'
import { chooseTheme } from '../shell/theme.ts'
import { showToast } from '../ui/toasts.tsx'
import type { PaletteEntry } from './palette-entry.ts'

/** Everything that can be gone to or done from where somebody is. */
export function usePaletteEntries(
  projectId: string | undefined,
  search: string,
  showHelp: () => void,
): { entries: PaletteEntry[]; isComplete: boolean } {
  const navigate = useNavigate()
  const signOut = useSignOut()
  const all = useQuery(projectListQuery(''))
  // Of thousands the rest is found by the server.
  const found = useQuery({
    ...projectListQuery(search),
    enabled: search !== '' && all.data?.isCut === true,
    placeholderData: keepPreviousData,
  })
  const projects = new Map(
    [...(all.data?.projects ?? []), ...(found.data?.projects ?? [])].map(project => [project.id, project]),
  )
  const ofProject = useProjectEntries(projectId)
  const entries: PaletteEntry[] = [
    ...ofProject.entries,
    {
      id: 'new-project',
      group: 'Actions',
      text: 'New project',
      words: 'create database',
      choose: () => navigate({ to: '/', search: { create: true } }),
    },
    ...[...projects.values()].map(({ id, name }) => ({
      id: `project ${id}`,
      group: 'Projects',
      text: name,
      ...(name !== id && { hint: id }),
      choose: () => navigate({ to: '/projects/$projectId', params: { projectId: id } }),
    })),
    {
      id: 'projects',
      group: 'Console',
      text: 'All projects',
      keys: 'G P',
      choose: () => navigate({ to: '/' }),
    },
    ...(
      [
        ['light', 'Light theme'],
        ['dark', 'Dark theme'],
        ['system', 'Theme of the system'],
      ] as const
    ).map(([theme, text]) => ({
      id: `theme ${theme}`,
      group: 'Console',
      text,
      words: 'theme mode colour color',
      choose: () => chooseTheme(theme),
    })),
    { id: 'help', group: 'Console', text: 'Keyboard shortcuts', words: 'help', keys: '?', choose: showHelp },
    { id: 'sign-out', group: 'Console', text: 'Sign out', words: 'log out leave', choose: signOut },
  ]
  return { entries, isComplete: !all.isPending && !found.isFetching && ofProject.isComplete }
}

function useProjectEntries(projectId: string | undefined): { entries: PaletteEntry[]; isComplete: boolean } {
  const navigate = useNavigate()
  const queries = useQueryClient()
  const isInProject = projectId !== undefined
  const branches = useQuery({ ...branchesQuery(projectId ?? ''), enabled: isInProject })
  const endpoints = useQuery({ ...endpointsQuery(projectId ?? ''), enabled: isInProject })
  if (!isInProject) return { entries: [], isComplete: true }
  const params = { projectId }
  const computes = new Map(
    endpoints.data?.endpoints
      .filter(({ type }) => type === 'read_write')
      .map(endpoint => [endpoint.branch_id, endpoint]),
  )
  const entries: PaletteEntry[] = [
    ...projectNavEntries.map(({ to, text }) => ({
      id: `page ${to}`,
      group: 'This project',
      text,
      keys: pageKey(text) && `G ${pageKey(text)!.toUpperCase()}`,
      choose: () => navigate({ to, params }),
    })),
    {
      id: 'connect',
      group: 'Actions',
      text: 'Connect',
      words: 'connection string url psql password details',
      choose: () => navigate({ to: '/projects/$projectId', params, search: { connect: true } }),
    },
    {
      id: 'new-branch',
      group: 'Actions',
      text: 'New branch',
      words: 'create',
      choose: () => navigate({ to: '/projects/$projectId/branches', params, search: { dialog: 'create' } }),
    },
    ...(branches.data?.branches ?? []).flatMap(branch => [
      {
        id: `copy ${branch.id}`,
        group: 'Actions',
        text: `Copy connection string of ${branch.name}`,
        words: 'url dsn',
        isQuiet: !branch.default,
        disabledBecause: computes.has(branch.id) ? undefined : 'It has no compute',
        choose: () => copyConnectionString(queries, projectId, branch),
      },
      ...computeEntries(branch, computes.get(branch.id), endpoint =>
        queries.invalidateQueries({ queryKey: ['project', endpoint.project_id] }),
      ),
      {
        id: `branch ${branch.id}`,
        group: 'Branches',
        text: branch.name,
        hint: branch.id,
        words: 'branch',
        choose: () =>
          navigate({
            to: '/projects/$projectId/branches/$branchId',
            params: { projectId, branchId: branch.id },
          }),
      },
    ]),
    ...guides.map(({ id, title, summary, words }) => ({
      id: `guide ${id}`,
      group: 'Guides',
      text: title,
      words: `guide ${summary} ${words}`,
      isQuiet: true,
      choose: () => navigate({ to: '/projects/$projectId/guides/$guide', params: { projectId, guide: id } }),
    })),
  ]
  return { entries, isComplete: !branches.isPending && !endpoints.isPending }
}

const computeDeeds = [
  ['start', 'Start compute of', 'Starting', 'is awake'],
  ['suspend', 'Suspend compute of', 'Suspending', 'is asleep'],
] as const

function computeEntries(
  branch: Branch,
  endpoint: Endpoint | undefined,
  refresh: (endpoint: Endpoint) => unknown,
): PaletteEntry[] {
  if (!endpoint) return []
  return computeDeeds.map(([action, text, working, done]) => ({
    id: `${action} ${endpoint.id}`,
    group: 'Actions',
    text: `${text} ${branch.name}`,
    words: action === 'start' ? 'wake' : 'sleep stop',
    isQuiet: true,
    disabledBecause: refusalOf(action, endpoint),
    choose: async () => {
      try {
        const { operations } = await call<typeof routes.startEndpoint>(
          'post',
          // The two paths differ in this word alone, and answer the same.
          `/projects/{project_id}/endpoints/{endpoint_id}/${action}` as (typeof routes.startEndpoint)['path'],
          { params: { project_id: endpoint.project_id, endpoint_id: endpoint.id } },
        )
        await followOperations(operations, {
          working: `${working} ${branch.name}`,
          done: `${branch.name} ${done}`,
        })
      } catch (error) {
        showToast({ kind: 'bad', text: `${working} ${branch.name}`, detail: errorText(error) })
      }
      await refresh(endpoint)
    },
  }))
}
