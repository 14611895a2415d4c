/** Where something will stand in a moment, in its size. */
export function Skeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div aria-busy="true" className="motion-safe:animate-pulse space-y-3">
      <span className="sr-only">Loading</span>
      {[...Array(lines).keys()].map(line => (
        <div key={line} className="h-10 rounded-md bg-sunken" />
      ))}
    </div>
  )
}
