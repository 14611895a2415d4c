// Finding what stands in guides: every word of the search, anywhere in a section.

import type { Guide, GuideBlock, GuidePlace, GuideSection } from './guide.ts'
import type { GuideEntry } from './guides.ts'
import { plainText } from './rich-text.ts'

export interface ReadGuide {
  entry: GuideEntry
  guide: Guide
}

export interface Finding {
  entry: GuideEntry
  /** Undefined: the guide as a whole. */
  section?: GuideSection
}

/** Texts of files are found as they stand, whatever they are filled in with. */
const nobody: GuidePlace = {
  ...{ uri: '', uriWithOptions: '', host: '', port: 5432, options: undefined, role: '', password: '' },
  ...{ database: '', projectId: '', projectName: '', branchName: '', endpointId: '', hostName: '' },
  ...{ hostSuffix: '', address: '', apiUrl: '' },
}

export function textOf(block: GuideBlock, place = nobody): string {
  switch (block.kind) {
    case 'text':
      return plainText(block.text)
    case 'list':
      return block.items.map(plainText).join('\n')
    case 'file':
      return `${block.name}\n${block.text(place)}`
    case 'table':
      return [block.label, ...block.columns, ...block.rows.flat().map(plainText)].join('\n')
  }
}

/** Guides that are named so come first, then sections, those with the words in their titles before the others. */
export function findIn(guides: readonly ReadGuide[], search: string): Finding[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const holds = (content: string) => {
    const lower = content.toLowerCase()
    return words.every(word => lower.includes(word))
  }
  const byName = guides.filter(({ entry }) => holds(`${entry.title} ${entry.summary} ${entry.words}`))
  const sections = guides.flatMap(({ entry, guide }) =>
    guide.sections.map(section => ({ entry, section, title: `${entry.title} ${section.title}` })),
  )
  const byTitle = sections.filter(({ title }) => holds(title))
  const byText = sections.filter(
    one =>
      !byTitle.includes(one) &&
      holds(`${one.title} ${one.section.blocks.map(block => textOf(block)).join('\n')}`),
  )
  return [
    ...byName.map(({ entry }) => ({ entry })),
    ...[...byTitle, ...byText].map(({ entry, section }) => ({ entry, section })),
  ]
}
