import { useQuery } from '@tanstack/react-query'
import { readFailure } from '../api/read-failure.ts'
import { Button } from '../ui/button.tsx'
import { CheckboxField } from '../ui/checkbox-field.tsx'
import { Problem } from '../ui/problem.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { moved, preloadNotes } from './preload.ts'
import { preloadLibrariesQuery } from './preload-query.ts'

interface PreloadFieldsProps {
  projectId: string
  /** In the order in which they are loaded. */
  enabled: readonly string[]
  onChange: (enabled: string[]) => void
}

/** Those that are loaded first, in their order; then what the build has besides. */
export function PreloadFields({ projectId, enabled, onChange }: PreloadFieldsProps) {
  const reply = useQuery(preloadLibrariesQuery(projectId))
  const failure = readFailure(reply)
  if (failure) return <Problem error={failure} retry={() => reply.refetch()} />
  if (!reply.data) return <Skeleton />
  const { libraries } = reply.data
  if (libraries.length === 0 && enabled.length === 0) {
    return (
      <p className="text-ink-soft text-sm">
        This build of Postgres comes without libraries that could be loaded at the start.
      </p>
    )
  }
  const others = libraries.filter(one => !enabled.includes(one.library_name))
  const describe = (name: string) => libraries.find(one => one.library_name === name)
  const names = [...enabled, ...others.map(one => one.library_name)]
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {names.map(name => {
        const at = enabled.indexOf(name)
        const library = describe(name)
        return (
          <li key={name} className="flex flex-wrap items-start justify-between gap-2 p-3">
            <div className="min-w-0 flex-1 basis-60">
              <CheckboxField
                label={name}
                hint={
                  <>
                    {library
                      ? `${library.description} (${library.version}).`
                      : 'This build does not have it.'}{' '}
                    {preloadNotes[name]}
                  </>
                }
                checked={at >= 0}
                onChange={checked =>
                  onChange(checked ? [...enabled, name] : enabled.filter(one => one !== name))
                }
              />
            </div>
            {at >= 0 && enabled.length > 1 && (
              <div className="flex gap-1">
                <Button
                  look="quiet"
                  aria-label={`Load ${name} earlier`}
                  onClick={() => onChange(moved(enabled, name, -1))}
                  disabledBecause={at === 0 ? 'It is the first' : undefined}
                >
                  ↑
                </Button>
                <Button
                  look="quiet"
                  aria-label={`Load ${name} later`}
                  onClick={() => onChange(moved(enabled, name, 1))}
                  disabledBecause={at === enabled.length - 1 ? 'It is the last' : undefined}
                >
                  ↓
                </Button>
              </div>
            )}
          </li>
        )
      })}
    </ul>
  )
}
