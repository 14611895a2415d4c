import { type RefObject, useEffect, useRef } from 'react'

/** Whether what asks still stands in the page, for what comes when it may be gone. */
export function useIsShown(): RefObject<boolean> {
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
    }
  }, [])
  return isShown
}
