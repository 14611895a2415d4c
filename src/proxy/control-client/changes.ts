// Listens to what control says has changed, for as long as the proxy lives.

import { type Change, changeSchema } from '../../contract/control-plane.ts'
import type { Clock, Timer } from '../../lib/clock.ts'
import type { Logger } from '../../lib/logger.ts'
import type { ControlHttp } from './control-http.ts'

/** Control sends an empty line every 15 s; after three of them missing, the connection is dead. */
const silenceMs = 45_000
const firstDelayMs = 50
const maxDelayMs = 2_000
/** A line is about 60 bytes. */
const maxLineBytes = 65_536

export class ChangesListener {
  readonly #http: ControlHttp
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #onChange: (change: Change) => void
  #stopped = false
  #delayMs = firstDelayMs
  #retry: Timer | null = null
  #current: { destroy(): void } | null = null

  constructor(http: ControlHttp, clock: Clock, logger: Logger, onChange: (change: Change) => void) {
    this.#http = http
    this.#clock = clock
    this.#logger = logger
    this.#onChange = onChange
  }

  start(): void {
    const outgoing = this.#http.open('/changes')
    this.#current = outgoing
    let ended = false
    const over = (error?: Error) => {
      if (ended) return
      ended = true
      outgoing.destroy()
      this.#again(error)
    }
    outgoing.setTimeout(silenceMs, () => over(new Error('control went silent')))
    outgoing.on('error', over)
    outgoing.on('response', response => {
      response.on('error', over)
      response.on('close', () => over())
      if (response.statusCode !== 200) {
        over(new Error(`control answered ${response.statusCode}`))
        return
      }
      let rest = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()!
        if (rest.length > maxLineBytes) over(new Error('line is too long'))
        for (const line of lines) if (line !== '') this.#take(line)
      })
    })
    outgoing.end()
  }

  #take(line: string): void {
    let parsed: ReturnType<typeof changeSchema.safeParse>
    try {
      parsed = changeSchema.safeParse(JSON.parse(line))
    } catch {
      parsed = changeSchema.safeParse(null)
    }
    if (!parsed.success) {
      // A newer control may say more than we know; everything might have changed.
      this.#logger.warn({ line: line.slice(0, 200) }, 'change is not understood: dropping all caches')
      this.#onChange({ change: 'hello' })
      return
    }
    this.#delayMs = firstDelayMs
    this.#onChange(parsed.data)
  }

  #again(error: Error | undefined): void {
    if (this.#stopped) return
    this.#logger.debug({ err: error }, 'lost the line of changes')
    this.#retry = this.#clock.after(this.#delayMs, () => this.start())
    this.#delayMs = Math.min(maxDelayMs, this.#delayMs * 2)
  }

  stop(): void {
    this.#stopped = true
    this.#retry?.cancel()
    this.#current?.destroy()
  }
}
