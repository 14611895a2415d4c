// How figures are written.

const counts = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, notation: 'compact' })
const fractions = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 })
const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** `3`, `1.5`, `12.3K`, `0.4`. */
export const countText = (value: number): string => (value < 1 ? fractions : counts).format(value)

/** Of 0 to 1: `99.8%`. What is not all is not rounded up to all. */
export function shareText(value: number): string {
  const floored = Math.floor(value * 1000) / 1000
  return percents.format(value < 1 ? floored : value)
}

/** Of processors: 1 is `100%`. */
export const processorText = (value: number): string => percents.format(Math.round(value * 1000) / 1000)
