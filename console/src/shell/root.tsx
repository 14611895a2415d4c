import { Outlet } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { usePageTitle } from './use-page-title.ts'

/** Around every page: the tab's title, and for those who do not see it the news that another page is there. */
export function Root() {
  const { page, path } = usePageTitle()
  const place = `${path} ${page}`
  const last = useRef(place)
  const [news, setNews] = useState('')
  useEffect(() => {
    if (last.current === place) return
    last.current = place
    setNews(page)
    // What had the focus went with its page: the keyboard goes on from the new one, not from the top.
    const timer = setTimeout(() => {
      if (document.activeElement === document.body) document.getElementById('content')?.focus()
    })
    return () => clearTimeout(timer)
  }, [place, page])
  return (
    <>
      <Outlet />
      <p aria-live="polite" className="sr-only">
        {news}
      </p>
    </>
  )
}
