import type { Branch } from '../api/queries.ts'

interface RestoreEffectsProps {
  branch: Branch
  /** Those made of it. */
  family: Branch[]
  /** `main as it was Nov 25, 2026, 6:40:12 PM` */
  source: string
  /** Empty: it is not kept. */
  keepAs: string
}

/** What a restore or a reset will have done. */
export function RestoreEffects({ branch, family, source, keepAs }: RestoreEffectsProps) {
  return (
    <section aria-label="What will happen" className="rounded-md border border-line bg-sunken p-3 text-sm">
      <h3 className="font-medium">What will happen</h3>
      <ul className="mt-1 list-disc space-y-1 pl-5">
        <li>
          <b>{branch.name}</b> gets the data of {source}: all databases, tables and rows.
        </li>
        {keepAs === '' ? (
          <li className="text-bad">What is in {branch.name} now is lost: it is not kept.</li>
        ) : (
          <li>
            What is in {branch.name} now stays, as the branch <b>{keepAs}</b>.
          </li>
        )}
        {family.length > 0 && (
          <li>
            {family.length === 1 ? 'The branch' : `The ${family.length} branches`} made of it (
            {family.map(({ name }) => name).join(', ')}) {family.length === 1 ? 'keeps its' : 'keep their'}{' '}
            data, below {keepAs || 'the old state'}.
          </li>
        )}
        <li>Connections to it are closed. New ones wait until the data is there.</li>
        <li>Its host names stay, and so do connection strings and passwords.</li>
      </ul>
    </section>
  )
}
