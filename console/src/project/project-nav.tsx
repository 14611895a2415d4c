import { Link, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { projectNavEntries } from './project-nav-entries.ts'

/** The pages of one project. On a narrow page they scroll sideways, and the one that is open stands in the middle. */
export function ProjectNav({ projectId }: { projectId: string }) {
  const nav = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: another path is another entry
  useEffect(() => {
    const open = nav.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (!nav.current || !open) return
    // Not scrollIntoView: it would move the page, too.
    const middle = open.getBoundingClientRect().left + open.offsetWidth / 2
    const { left, width } = nav.current.getBoundingClientRect()
    nav.current.scrollLeft += middle - left - width / 2
  }, [pathname])
  return (
    <nav ref={nav} aria-label="Project" className="-mx-4 overflow-x-auto border-line border-b px-4">
      <ul className="flex gap-1">
        {projectNavEntries.map(({ to, text, isExact }) => (
          <li key={to}>
            <Link
              to={to}
              params={{ projectId }}
              activeOptions={{ exact: isExact, includeSearch: false }}
              className="block whitespace-nowrap border-transparent border-b-2 px-3 py-2 text-sm outline-offset-[-2px] aria-[current=page]:border-flame aria-[current=page]:font-medium"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
