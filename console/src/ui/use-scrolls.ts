import { type RefObject, useEffect, useRef, useState } from 'react'

/** Whether what is in it is larger than it: then it has to be within the keyboard's reach, or nobody there can scroll it. */
export function useScrolls<Of extends HTMLElement>(): [RefObject<Of | null>, boolean] {
  const ref = useRef<Of>(null)
  const [scrolls, setScrolls] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (!element) return
    const look = () =>
      setScrolls(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
    const observer = new ResizeObserver(look)
    observer.observe(element)
    // Rows that are added make the content grow, and not the element.
    for (const child of element.children) observer.observe(child)
    return () => observer.disconnect()
  }, [])
  return [ref, scrolls]
}
