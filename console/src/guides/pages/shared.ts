// What several guides say.

import type { Details, Snippet } from '../../connect/snippets/snippet.ts'
import { file, type GuideBlock, type GuideSection, list, text } from '../guide.ts'

/** One file of a snippet, the very text that the connection details show. */
export function named(snippet: Snippet, name: string): GuideBlock {
  return file(name, place => snippetText(snippet, place, name))
}

/** Without a name: of its only file. */
export function snippetText(snippet: Snippet, details: Details, name?: string): string {
  const found = snippet.files(details).find(one => name === undefined || one.name === name)
  if (!found) throw new Error(`${snippet.id} has no ${name}`)
  return found.text
}

/** What a sleep does to a pool, in any language; `cure` is the settings of this one. */
export function sleepSection(...cure: string[]): GuideSection {
  return {
    id: 'sleep',
    title: 'Sleep and the pool',
    blocks: [
      text(
        'A database without work goes to sleep, after five minutes unless set otherwise, and its sessions end. The next connection wakes it. Connections that nobody uses do not keep it awake: so a pool may hold some that have ended. What helps:',
      ),
      list(...cure),
    ],
  }
}

export const trustSection: GuideSection = {
  id: 'tls',
  title: 'Check the certificate',
  blocks: [
    text(
      '`sslmode=require` encrypts, and does not check who answers: enough on one machine. Elsewhere use `verify-full` with the authority of this installation, the file `<data-dir>/tls/ca.crt`; `pilotlight trust` names it. The certificate is for the endpoint’s host name, so connect by that.',
    ),
  ],
}
