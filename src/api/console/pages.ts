// The console's files, as Vite has built them. Every path that is no file is the page: its router reads the path.

import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Hono } from 'hono'
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

/** Of files whose names hold their hashes. */
const forEver = 'public, max-age=31536000, immutable'

export function servePages(app: Hono<ApiEnv>, directory: string): void {
  let files: Promise<ReadonlySet<string>> | undefined
  app.get('*', async (c, next) => {
    const { path } = c.req
    if (path.startsWith('/api/') || path === '/healthz') return await next()
    files ??= filesBelow(directory)
    const known = await files
    const name = known.has(path) ? path : '/index.html'
    if (!known.has(name)) {
      files = undefined
      return c.text('The console has not been built: run `npm run build --workspace console`.\n', 503)
    }
    // What is missing below assets/ is of another build: the page must not come in its place.
    if (name === '/index.html' && path.startsWith('/assets/')) return await next()
    const file = join(directory, name)
    const { size } = await stat(file)
    const headers = {
      ...pageHeaders,
      'Content-Type': types[extname(name)] ?? 'application/octet-stream',
      'Content-Length': String(size),
      'Cache-Control': name.startsWith('/assets/') ? forEver : 'no-cache',
    }
    const body = Readable.toWeb(createReadStream(file)) as ReadableStream
    return new Response(body, { headers })
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
