// The console's paths. State that somebody would want to send to somebody else stands in them.

import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router'
import { sessionQuery } from './api/queries.ts'
import { branchPageSearch } from './branch/branch-search.ts'
import { branchesSearch } from './branches/branches-search.ts'
import { connectSearch } from './connect/connect-search.ts'
import { guidesSearch } from './guides/guides-search.ts'
import { monitoringSearch } from './monitoring/monitoring-search.ts'
import { operationsSearch } from './operations/operations-search.ts'
import { ProjectsPage } from './projects/projects-page.tsx'
import { projectsSearch } from './projects/projects-search.ts'
import { settingsSearch } from './settings/settings-search.ts'
import { NotFoundPage, ProblemPage } from './shell/other-pages.tsx'
import { Root } from './shell/root.tsx'
import { Shell } from './shell/shell.tsx'
import { SignInPage } from './sign-in/sign-in-page.tsx'
import { sqlSearch } from './sql/sql-search.ts'
import { tablesSearch } from './tables/tables-search.ts'
import { Skeleton } from './ui/skeleton.tsx'

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Root,
  notFoundComponent: NotFoundPage,
})

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): { next?: string } =>
    // Only a path of ours: a link must not lead people elsewhere once they have signed in.
    typeof search.next === 'string' && /^\/(?![/\\])/.test(search.next) ? { next: search.next } : {},
  component: SignInPage,
})

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (session.signed_in) return
    const next = location.href === '/' ? {} : { next: location.href }
    throw redirect({ to: '/sign-in', search: next })
  },
  component: Shell,
})

const projectsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  validateSearch: projectsSearch,
  component: ProjectsPage,
})

const projectLayoutRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/projects/$projectId',
}).lazy(() => import('./project/project-layout.tsx').then(page => page.route))

const projectRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: '/',
  validateSearch: connectSearch,
}).lazy(() => import('./project/project-page.tsx').then(page => page.route))

const branchesRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'branches',
  validateSearch: branchesSearch,
}).lazy(() => import('./branches/branches-page.tsx').then(page => page.route))

const branchRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'branches/$branchId',
  validateSearch: branchPageSearch,
}).lazy(() => import('./branch/branch-page.tsx').then(page => page.route))

const tablesRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'tables',
  validateSearch: tablesSearch,
}).lazy(() => import('./tables/tables-page.tsx').then(page => page.route))

const monitoringRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'monitoring',
  validateSearch: monitoringSearch,
}).lazy(() => import('./monitoring/monitoring-page.tsx').then(page => page.route))

const sqlRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'sql',
  validateSearch: sqlSearch,
}).lazy(() => import('./sql/sql-page.tsx').then(page => page.route))

const operationsRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'operations',
  validateSearch: operationsSearch,
}).lazy(() => import('./operations/operations-page.tsx').then(page => page.route))

const guidesRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'guides',
  validateSearch: guidesSearch,
}).lazy(() => import('./guides/guides-page.tsx').then(page => page.route))

const guideRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'guides/$guide',
  validateSearch: guidesSearch,
}).lazy(() => import('./guides/guide-page.tsx').then(page => page.route))

const settingsRoute = createRoute({
  getParentRoute: () => projectLayoutRoute,
  path: 'settings',
  validateSearch: settingsSearch,
}).lazy(() => import('./settings/settings-page.tsx').then(page => page.route))

const routeTree = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    projectsRoute,
    projectLayoutRoute.addChildren([
      projectRoute,
      branchesRoute,
      branchRoute,
      sqlRoute,
      tablesRoute,
      monitoringRoute,
      operationsRoute,
      guidesRoute,
      guideRoute,
      settingsRoute,
    ]),
  ]),
])

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Skeleton />,
    defaultErrorComponent: ProblemPage,
    // A form of one project's must not stand there for another: back and forth may lead from page to page of the same kind.
    defaultRemountDeps: ({ params }) => params,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
