import { cellText, type GridRow } from './cell-text.ts'

export const minimumWidth = 56
const maximumWidth = 360
/** Of the grid's letters, all of which are this wide. */
const letterWidth = 7.9
const paddingWidth = 26
/** Rows that are looked at: the first ones, for later ones come when the columns stand already. */
const sampleRows = 200

/** In pixels: what name, type and the first rows need, within bounds. */
export function columnWidths(
  columns: readonly { name: string; type: string }[],
  rows: readonly GridRow[],
): number[] {
  const sample = rows.slice(0, sampleRows)
  return columns.map(({ name, type }, index) => {
    const letters = Math.max(
      name.length + 1,
      // The type stands in smaller letters.
      type.length * 0.85,
      ...sample.map(row => textLength(row[index])),
    )
    return Math.min(maximumWidth, Math.max(minimumWidth, Math.ceil(letters * letterWidth) + paddingWidth))
  })
}

function textLength(value: string | null | undefined): number {
  return value == null ? 'NULL'.length : cellText(value).length
}
