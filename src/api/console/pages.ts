// The console's files, as Vite has built them. Its pages are one file, whose router reads the path.

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Context, Hono } from 'hono'
import type { ApiEnv } from '../serve.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

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
  let files: Promise<ReadonlySet<string>> | undefined
  app.get('*', async (c, next) => {
    const { path } = c.req
    files ??= filesBelow(directory)
    const known = await files
    const isFile = known.has(path)
    const isPage = pagePattern.test(path)
    // To people the page itself says that there is no such page; all others get the API's answer.
    if (!isFile && !isPage && !asksForPage(c)) return await next()
    const name = isFile ? path : '/index.html'
    if (!known.has(name)) {
      files = undefined
      return c.text('The console has not been built: run `npm run build --workspace console`.\n', 503)
    }
    const file = join(directory, name)
    const { size } = await stat(file)
    const headers = {
      ...pageHeaders,
      'Content-Type': types[extname(name)] ?? 'application/octet-stream',
      'Content-Length': String(size),
      'Cache-Control': name.startsWith('/assets/') ? forEver : 'no-cache',
    }
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream
    return new Response(body, { status: isFile || isPage ? 200 : 404, headers })
  })
}

async function filesBelow(directory: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  return new Set(
    entries
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(directory.length).replaceAll('\\', '/')),
  )
}
