// A unified diff as two columns: what was on the left, what is on the right.

export interface SplitRow {
  /** Undefined: there is nothing on that side. */
  left: string | undefined
  right: string | undefined
  kind: 'same' | 'changed' | 'hunk'
}

/** Removed and added lines that follow each other stand side by side. Of an empty diff there are no rows. */
export function splitDiff(diff: string): SplitRow[] {
  const rows: SplitRow[] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      rows.push({ left: removed[at], right: added[at], kind: 'changed' })
    }
    removed = []
    added = []
  }
  let isInHunk = false
  for (const line of diff.split('\n')) {
    const text = line.slice(1)
    if (line.startsWith('@@')) {
      flush()
      isInHunk = true
      rows.push({ left: line, right: line, kind: 'hunk' })
    } else if (!isInHunk) {
      // The files' names stand above the columns.
    } else if (line.startsWith('-')) {
      // What is removed behind an addition begins a change of its own.
      if (added.length > 0) flush()
      removed.push(text)
    } else if (line.startsWith('+')) {
      added.push(text)
    } else if (line.startsWith(' ')) {
      flush()
      rows.push({ left: text, right: text, kind: 'same' })
    }
  }
  flush()
  return rows
}
