/** Told apart by colour, and by how the line is broken: not everybody sees the first, and prints have none. */
const looks = [
  { color: 'var(--chart-1)', dash: undefined },
  { color: 'var(--chart-2)', dash: '6 3' },
  { color: 'var(--chart-3)', dash: '2 4' },
  { color: 'var(--chart-4)', dash: '9 3 2 3' },
] as const

export const seriesLook = (index: number): (typeof looks)[number] => looks[index % looks.length]!
