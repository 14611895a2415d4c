import { useQuery } from '@tanstack/react-query'
import { projectQuery } from '../api/queries.ts'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { type UseChartName, UseCharts } from './use-charts.tsx'
import { type UseSpan, useQueryOf, useSpans } from './use-queries.ts'

interface UseSectionProps {
  projectId: string
  span: UseSpan
  /** Left out: all. */
  only?: readonly UseChartName[]
}

/** What the project has used, with its deleted branches. */
export function UseSection({ projectId, span, only }: UseSectionProps) {
  const project = useQuery(projectQuery(projectId))
  const organizationId = project.data?.project.org_id ?? ''
  const frames = useQuery({
    ...useQueryOf(projectId, organizationId, span),
    enabled: project.data !== undefined,
  })
  return (
    <section aria-labelledby="use-title" className="space-y-2">
      <div>
        <h2 id="use-title" className="font-medium text-lg">
          Used by the project
        </h2>
        <p className="text-ink-soft text-sm">
          All of its branches, deleted ones too, {useSpans[span].text}. It lags by a minute at most.
        </p>
      </div>
      {frames.isPending && <Skeleton lines={3} />}
      {frames.isError && <Problem error={frames.error} retry={() => frames.refetch()} />}
      {frames.data && <UseCharts frames={frames.data} span={span} only={only} />}
    </section>
  )
}
