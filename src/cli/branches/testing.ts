// For the tests of this folder: two projects, three branches, and an API that knows them.

import type { BranchShape } from '../../contract/shapes.ts'
import * as stub from '../testing.ts'
import { machine, projectsReply, type Replies } from '../testing.ts'

export const shop = stub.project('shiny-wind-00000001', 'shop')
export const blog = stub.project('calm-moon-00000002', 'blog')
export const main = stub.branch
export const dev = branch('br-dev-1', 'dev', { parent_id: main.id })
export const feature = branch('br-feature-1', 'feature/a@b', { parent_id: dev.id })
export const blogMain = { ...main, id: 'br-blog-1', project_id: blog.id }
export const devEndpoint = stub.endpoint(shop.id, 'ep-dev-1', { branch_id: dev.id })
export const below = `/projects/${shop.id}`
export const onDev = `${below}/branches/${dev.id}`
export const finished = stub.operation('1')
export const uri = `postgresql://neondb_owner:npg_x@${devEndpoint.host}/neondb?sslmode=require`
export const snapshot = {
  ...{ id: 'snap-a-1', name: 'nightly', source_branch_id: main.id, created_at: '2026-01-02T03:00:00Z' },
}

export function branch(id: string, name: string, more: Partial<BranchShape> = {}): BranchShape {
  return { ...stub.branch, default: false, primary: false, id, name, ...more }
}

export const listed = (...branches: BranchShape[]) => ({ body: { branches, annotations: {} } })

export const replies: Replies = {
  'GET /pilotlight/machine': { body: machine },
  'GET /projects': projectsReply(shop, blog),
  [`GET ${below}/branches`]: listed(main, dev, feature),
  [`GET /projects/${blog.id}/branches`]: listed(blogMain),
  [`GET ${onDev}`]: {
    body: { branch: dev, annotation: { object: { type: 'console/branch', id: dev.id }, value: {} } },
  },
  [`GET ${below}/endpoints`]: { body: { endpoints: [devEndpoint] } },
  [`GET ${below}/snapshots`]: { body: { snapshots: [snapshot] } },
  [`GET /projects/${blog.id}/snapshots`]: { body: { snapshots: [] } },
  [`GET ${onDev}/databases`]: { body: { databases: [stub.database] } },
  [`GET ${onDev}/roles/neondb_owner/reveal_password`]: { body: { password: 'npg_x' } },
}

/** With one more reply. */
export const answering = (route: string, body: unknown): Replies => ({ ...replies, [route]: { body } })
export const lastBody = ({ requests }: { requests: stub.Request[] }) =>
  requests.findLast(({ method }) => method !== 'GET')?.body
