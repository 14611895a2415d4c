import { classes } from '../ui/classes.ts'
import { type SplitRow, splitDiff } from './split-diff.ts'

/** Longer ones are no reading for a page: the API and the CLI give them whole. */
const rowsShown = 4000

/** A unified diff in two columns, with a mark beside the colour. */
export function SplitDiffView({ diff, left, right }: { diff: string; left: string; right: string }) {
  const rows = splitDiff(diff)
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached
      tabIndex={0}
      aria-label="Differences"
      className="max-h-[60dvh] overflow-auto rounded-lg border border-line"
    >
      <table className="w-full min-w-2xl table-fixed border-collapse font-mono text-xs">
        <thead className="sticky top-0 bg-raised text-left font-sans">
          <tr>
            <th scope="col" className="border-line border-b px-3 py-2 font-medium">
              {left}
            </th>
            <th scope="col" className="border-line border-b border-l px-3 py-2 font-medium">
              {right}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, rowsShown).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a diff's rows have no other name, and never move
            <DiffRow key={index} row={row} />
          ))}
        </tbody>
      </table>
      {rows.length > rowsShown && (
        <p className="p-3 text-ink-soft text-xs">
          {rows.length - rowsShown} more lines: <code>pilotlight branches schema-diff</code> shows them all.
        </p>
      )}
    </section>
  )
}

function DiffRow({ row: { left, right, kind } }: { row: SplitRow }) {
  if (kind === 'hunk') {
    return (
      <tr className="bg-sunken text-ink-soft">
        <td colSpan={2} className="px-3 py-1">
          {left}
        </td>
      </tr>
    )
  }
  return (
    <tr className="align-top">
      <Side text={left} mark={kind === 'changed' ? '-' : ' '} color="bg-bad/15" />
      <Side text={right} mark={kind === 'changed' ? '+' : ' '} color="bg-good/15" isRight />
    </tr>
  )
}

interface SideProps {
  text: string | undefined
  mark: '-' | '+' | ' '
  color: string
  isRight?: boolean
}

function Side({ text, mark, color, isRight }: SideProps) {
  return (
    <td
      className={classes(
        'whitespace-pre-wrap break-words px-3 py-0.5',
        isRight && 'border-line border-l',
        text === undefined && 'bg-sunken',
        text !== undefined && mark !== ' ' && color,
      )}
    >
      {text !== undefined && `${mark} ${text}`}
    </td>
  )
}
