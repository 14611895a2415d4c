// The console's files, as Vite has built them. Its pages are one file, whose router reads the path.

import { serveStatic } from '@hono/node-server/serve-static'
import type { Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import type { ApiEnv } from '../serve.ts'

/** Everything is ours: no other origin is asked for anything. Styles that scripts set (charts, editor) are inline. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders = {
  'Content-Security-Policy': policy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

/** What console/src/router.tsx knows. */
const pagePattern = /^\/(sign-in|projects\/.+)?$/

/** A browser that goes there, rather than a program or a script. */
function asksForPage(c: Context<ApiEnv>): boolean {
  return !c.req.path.startsWith('/api/') && (c.req.header('Accept') ?? '').includes('text/html')
}

/** Of files whose names hold their hashes. */
const forEver = 'public, max-age=31536000, immutable'

export function servePages(app: Hono<ApiEnv>, directory: string): void {
  const file = serveStatic<ApiEnv>({ root: directory })
  const page = serveStatic<ApiEnv>({ root: directory, path: 'index.html' })
  app.get('*', compress(), async (c, next) => {
    const found = await file(c, nothingElse)
    if (found) return withHeaders(found, c.req.path.startsWith('/assets/') ? forEver : 'no-cache')
    const isPage = pagePattern.test(c.req.path)
    // To people the page itself says that there is no such page; all others get the API's answer.
    if (!isPage && !asksForPage(c)) return await next()
    const answer = await page(c, nothingElse)
    if (!answer)
      return c.text('The console has not been built: run `npm run build --workspace console`.\n', 503)
    return withHeaders(answer, 'no-cache', isPage ? 200 : 404)
  })
}

const nothingElse = async (): Promise<void> => {}

function withHeaders({ body, headers, status }: Response, cacheControl: string, as = status): Response {
  const all = new Headers(headers)
  for (const [name, value] of Object.entries(pageHeaders)) all.set(name, value)
  all.set('Cache-Control', cacheControl)
  return new Response(body, { status: as, headers: all })
}
