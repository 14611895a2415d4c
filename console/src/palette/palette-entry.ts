// What the palette offers, and which of it a search finds.

export interface PaletteEntry {
  id: string
  group: string
  text: string
  /** Behind it, in grey: an id, or why it cannot be done. */
  hint?: string | undefined
  /** By what else it is found. */
  words?: string
  /** The keys that do the same: `G B`. */
  keys?: string | undefined
  disabledBecause?: string | undefined
  /** Only for those who search for it: there may be many of its kind. */
  isQuiet?: boolean
  choose: () => unknown
}

export interface PaletteGroup {
  name: string
  entries: PaletteEntry[]
}

/** More of a group than anybody reads are left out. */
const shownOfGroup = 8

/** Groups in the order of their first entries; within, what begins with the search comes first. */
export function findEntries(entries: readonly PaletteEntry[], search: string): PaletteGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const groups = new Map<string, { entry: PaletteEntry; rank: number }[]>()
  for (const entry of entries) {
    const rank = rankOf(entry, words)
    if (rank === undefined || (words.length === 0 && entry.isQuiet)) continue
    const group = groups.get(entry.group) ?? []
    group.push({ entry, rank })
    groups.set(entry.group, group)
  }
  return [...groups].map(([name, found]) => ({
    name,
    entries: found
      .sort((one, other) => one.rank - other.rank)
      .slice(0, words.length === 0 && name === 'This project' ? undefined : shownOfGroup)
      .map(({ entry }) => entry),
  }))
}

/** 0: its text begins so; 1: a word of its text does; 2: somewhere in it. Undefined: not at all. */
function rankOf(entry: PaletteEntry, words: string[]): number | undefined {
  const text = entry.text.toLowerCase()
  const all = `${text} ${entry.hint ?? ''} ${entry.words ?? ''}`.toLowerCase()
  if (!words.every(word => all.includes(word))) return undefined
  const [first = ''] = words
  if (text.startsWith(first)) return 0
  return text.split(/\s+/).some(word => word.startsWith(first)) ? 1 : 2
}
