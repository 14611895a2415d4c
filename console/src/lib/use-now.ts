import { useEffect, useState } from 'react'

/** The time, for texts that count down. `everyMs` undefined: it stands still. */
export function useNow(everyMs: number | undefined): number {
  const [nowMs, setNowMs] = useState(Date.now)
  useEffect(() => {
    if (everyMs === undefined) return
    // It may have stood still for long.
    setNowMs(Date.now())
    const timer = setInterval(() => setNowMs(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return nowMs
}
