import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { ProjectState } from '../../../src/contract/console-project-states.ts'
import { ageText } from '../lib/age.ts'
import { bytesText } from '../lib/bytes.ts'
import { timeText } from '../lib/local-time.ts'
import { Button } from '../ui/button.tsx'
import { Cell, Row, Table } from '../ui/table.tsx'
import { ProjectGlow } from './project-glow.tsx'
import type { Project } from './projects-queries.ts'

/** A page of a thousand rows is slow, and nobody reads it: the search finds the others. */
const rowsAtFirst = 200

const columns = ['Project', 'State', 'Size', 'Branches', 'Postgres', 'Last active', 'Created'] as const

interface ProjectTableProps {
  projects: readonly Project[]
  states: ReadonlyMap<string, ProjectState>
}

export function ProjectTable({ projects, states }: ProjectTableProps) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? projects : projects.slice(0, rowsAtFirst)
  const nowMs = Date.now()
  return (
    <>
      <Table label="Projects" columns={columns}>
        {shown.map(project => {
          const state = states.get(project.id)
          return (
            <Row key={project.id}>
              <Cell>
                <Link
                  to="/projects/$projectId"
                  params={{ projectId: project.id }}
                  className="break-all font-medium text-link"
                >
                  {project.name}
                </Link>
                {project.name !== project.id && (
                  <div className="whitespace-nowrap text-ink-soft text-xs">{project.id}</div>
                )}
              </Cell>
              <Cell>
                <ProjectGlow state={state} />
              </Cell>
              <Cell>
                <span className="whitespace-nowrap">
                  {state === undefined || state.storage_bytes === 0 ? '–' : bytesText(state.storage_bytes)}
                </span>
              </Cell>
              <Cell>{state?.branches ?? '–'}</Cell>
              <Cell>{project.pg_version}</Cell>
              <Cell>
                <Age time={project.compute_last_active_at} nowMs={nowMs} />
              </Cell>
              <Cell>
                <Age time={project.created_at} nowMs={nowMs} />
              </Cell>
            </Row>
          )
        })}
      </Table>
      {projects.length > shown.length && (
        <p className="mt-3 flex flex-wrap items-center gap-3 text-ink-soft text-sm">
          {shown.length} of {projects.length} are shown.{' '}
          <Button onClick={() => setWhole(true)}>Show all</Button>
        </p>
      )}
    </>
  )
}

function Age({ time, nowMs }: { time: string | undefined; nowMs: number }) {
  if (time === undefined) return 'never'
  return (
    <time dateTime={time} title={timeText(Date.parse(time))} className="whitespace-nowrap">
      {ageText(time, nowMs)}
    </time>
  )
}
