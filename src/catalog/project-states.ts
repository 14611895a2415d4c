// What goes on in each project, counted: one statement, however many there are.

import { sql } from 'kysely'
import type { Db } from './catalog.ts'

export interface ProjectCounts {
  project_id: string
  branches: number
  computes: number
  awake: number
  waking: number
}

/** Of all that are there. */
export async function countAll(db: Db): Promise<ProjectCounts[]> {
  const { rows } = await sql<ProjectCounts>`
    with shown_branches as (
           select id, project_id from branches where kind = 'branch' and deleted_at is null),
         shown_endpoints as (
           select e.project_id, e.state
             from endpoints e join shown_branches b on b.id = e.branch_id
            where not e.internal and e.deleted_at is null)
    select p.id as project_id,
           coalesce(b.count, 0)::int as branches,
           coalesce(e.count, 0)::int as computes,
           coalesce(e.awake, 0)::int as awake,
           coalesce(e.waking, 0)::int as waking
      from projects p
      left join (select project_id, count(*) from shown_branches group by 1) b on b.project_id = p.id
      left join (select project_id, count(*),
                        count(*) filter (where state in ('running', 'stopping')) as awake,
                        count(*) filter (where state = 'starting') as waking
                   from shown_endpoints group by 1) e on e.project_id = p.id
     where p.deleted_at is null
     order by p.id`.execute(db)
  return rows
}
