// Columns for people: as wide as their widest cell, two spaces apart, no lines.

import { plain } from './format.ts'
import type { Tone } from './output.ts'

export type Cell = string | { text: string; tone: Tone }

const segmenter = new Intl.Segmenter()
/** What a terminal draws two columns wide. */
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/u

export function widthOf(text: string): number {
  let width = 0
  for (const { segment } of segmenter.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

export function formatTable(
  head: string[],
  rows: Cell[][],
  paint: (text: string, tone: Tone) => string = text => text,
): string {
  const cells = [head.map(text => ({ text, tone: 'quiet' as const })), ...rows.map(row => row.map(toCell))]
  const widths = head.map((_, column) => Math.max(...cells.map(row => widthOf(row[column]?.text ?? ''))))
  return cells.map(row => formatRow(row, widths, paint)).join('\n')
}

function formatRow(
  row: { text: string; tone?: Tone }[],
  widths: number[],
  paint: (text: string, tone: Tone) => string,
): string {
  const parts = row.map((cell, column) => {
    const last = column === row.length - 1
    const padding = last ? '' : ' '.repeat((widths[column] ?? 0) - widthOf(cell.text))
    return (cell.tone ? paint(cell.text, cell.tone) : cell.text) + padding
  })
  return parts.join('  ').trimEnd()
}

function toCell(cell: Cell): { text: string; tone?: Tone } {
  if (typeof cell === 'string') return { text: oneLine(cell) }
  return { text: oneLine(cell.text), tone: cell.tone }
}

const oneLine = (text: string): string => plain(text).replace(/\s*\n\s*/g, ' ')
