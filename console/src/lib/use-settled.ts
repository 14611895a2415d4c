import { useEffect, useState } from 'react'

/** The value, once it has stayed the same for so long: what a slider passes by is not meant. */
export function useSettled(value: string, delayMs: number): string | undefined {
  const [settled, setSettled] = useState<string>()
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs)
    return () => clearTimeout(timer)
  }, [value, delayMs])
  return settled === value ? value : undefined
}
