import { Link } from '@tanstack/react-router'
import type { ChosenMoment } from './moment.ts'

interface SchemaCompareLinkProps {
  projectId: string
  branchId: string
  sourceId: string
  moment: ChosenMoment
}

/** What a restore would do to the schema, in a page of its own: the form keeps what stands in it. */
export function SchemaCompareLink({ projectId, branchId, sourceId, moment }: SchemaCompareLinkProps) {
  // The comparison's form knows times alone.
  if (moment.kind === 'lsn') return null
  return (
    <Link
      to="/projects/$projectId/branches"
      params={{ projectId }}
      search={{
        dialog: 'compare',
        base: branchId,
        branch: sourceId,
        ...(moment.kind === 'time' &&
          moment.timeMs !== undefined && { at: new Date(moment.timeMs).toISOString() }),
      }}
      target="_blank"
      className="text-link text-sm underline"
    >
      Compare the schemas first: opens another page
    </Link>
  )
}
