// GET /api/console/events: server-sent events (HTML standard, 9.2) that say what has changed.

import type { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { idText } from '../../contract/console-names.ts'
import type { Control, NewsStream } from '../../control/index.ts'
import type { ApiEnv } from '../serve.ts'
import { queryOf } from './asked.ts'

const query = z.object({ project_id: idText.optional() })

/** So long a browser waits before it comes back where the stream was cut off. */
const retryMs = 1000

/** Behind what knows the session. */
export function serveEvents(app: Hono<ApiEnv>, control: Control): void {
  app.get('/events', c => {
    const { project_id } = queryOf(c, query)
    // Answered by this, too; nobody would ever read what it is told.
    if (c.req.method === 'HEAD') return c.body(null, 204)
    const stream = control.news.listen(c.get('caller').id, project_id ?? null)
    const answer = streamSSE(c, async out => {
      out.onAbort(() => control.news.leave(stream))
      try {
        await out.writeSSE({ event: 'hello', data: '', retry: retryMs })
        await tell(stream, text => out.write(text))
      } finally {
        control.news.leave(stream)
      }
    })
    // A reverse proxy that gathers or packs answers would hold the news back (nginx goes by the second).
    answer.headers.set('Cache-Control', 'no-store, no-transform')
    answer.headers.set('X-Accel-Buffering', 'no')
    return answer
  })
}

/** Until the stream ends. What is not taken yet waits in it: a page that reads slowly costs no more than one that does not. */
async function tell(stream: NewsStream, write: (text: string) => Promise<unknown>): Promise<void> {
  for (;;) {
    const item = await stream.take()
    if (item === 'end') return
    await write(
      item === 'beat' ? 'event: beat\ndata:\n\n' : `event: news\ndata: ${JSON.stringify(item.news)}\n\n`,
    )
  }
}
