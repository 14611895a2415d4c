/** Where something will stand in a moment, in its size. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div aria-busy="true" className="motion-safe:animate-pulse space-y-3">
      <span className="sr-only">Loading</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same, and never move
        <div key={line} className="h-10 rounded-md bg-sunken" />
      ))}
    </div>
  )
}
