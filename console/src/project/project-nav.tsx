import { Link } from '@tanstack/react-router'
import { projectNavEntries } from './project-nav-entries.ts'

/** The pages of one project. */
export function ProjectNav({ projectId }: { projectId: string }) {
  return (
    <nav aria-label="Project" className="-mx-4 overflow-x-auto border-line border-b px-4">
      <ul className="flex gap-1">
        {projectNavEntries.map(({ to, text, isExact }) => (
          <li key={to}>
            <Link
              to={to}
              params={{ projectId }}
              activeOptions={{ exact: isExact, includeSearch: false }}
              className="block whitespace-nowrap border-transparent border-b-2 px-3 py-2 text-sm aria-[current=page]:border-flame aria-[current=page]:font-medium"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
