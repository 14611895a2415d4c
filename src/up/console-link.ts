// The link that `up` prints: whoever started it is signed in to the console by opening it.

import { readFile } from 'node:fs/promises'
import { apiBase, createConsoleLink } from '../contract/routes/index.ts'
import type { RunFile } from '../contract/run-file.ts'

/** Undefined where it cannot be had: the program runs all the same, and `pilotlight console` gives one. */
export async function consoleLink(run: RunFile): Promise<string | undefined> {
  try {
    const key = (await readFile(run.apiKeyFile, 'utf8')).trim()
    const response = await fetch(run.apiUrl + apiBase + createConsoleLink.path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(5000),
    })
    const { path } = createConsoleLink.reply.parse(await response.json())
    return run.apiUrl + path
  } catch {
    return undefined
  }
}
