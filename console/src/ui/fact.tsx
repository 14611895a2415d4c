import type { ReactNode } from 'react'

interface FactProps {
  name: string
  isWide?: true
  children: ReactNode
}

/** One of a `dl`. */
export function Fact({ name, isWide, children }: FactProps) {
  return (
    <div className={isWide && 'sm:col-span-2'}>
      <dt className="text-ink-soft text-xs">{name}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  )
}
