// The little markup that texts of guides have.

export type RichPart =
  | { kind: 'plain'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'guide'; text: string; guide: string; section: string | undefined }

const pattern = /`([^`]+)`|\[([^\]]+)\]\(guide:([\w-]+)(?:#([\w-]+))?\)/g

/** `code`, and [words](guide:django#tests). Everything else is as it stands. */
export function richParts(source: string): RichPart[] {
  const parts: RichPart[] = []
  let end = 0
  for (const match of source.matchAll(pattern)) {
    if (match.index > end) parts.push({ kind: 'plain', text: source.slice(end, match.index) })
    const [whole, code, words, guide, section] = match
    parts.push(
      code === undefined
        ? { kind: 'guide', text: words!, guide: guide!, section }
        : { kind: 'code', text: code },
    )
    end = match.index + whole.length
  }
  if (end < source.length) parts.push({ kind: 'plain', text: source.slice(end) })
  return parts
}

export const plainText = (source: string): string =>
  richParts(source)
    .map(part => part.text)
    .join('')
