// What a guide is made of: data, so that one page shows them all and one search finds what stands in them.
//
// Texts may hold `code`, and [words](guide:node) or [words](guide:django#tests) that lead to another guide.

import type { Details } from '../connect/snippets/snippet.ts'

/** What guides are filled in with. The password may be a row of dots. */
export interface GuidePlace extends Details {
  projectId: string
  projectName: string
  branchName: string
  endpointId: string
  /** The endpoint's host name, also where it does not resolve; `host` is then the address. */
  hostName: string
  /** All endpoints' names end with it. */
  hostSuffix: string
  address: string
  /** Of the Management API, as this browser reaches it: `http://127.0.0.1:7070`. */
  apiUrl: string
}

export type GuideBlock =
  | { kind: 'text'; text: string }
  | { kind: 'list'; items: string[] }
  /** `name` is the file's, or `Terminal`. */
  | { kind: 'file'; name: string; text: (place: GuidePlace) => string }
  | { kind: 'table'; label: string; columns: string[]; rows: string[][] }

export interface GuideSection {
  /** Its place behind the `#`. */
  id: string
  title: string
  blocks: GuideBlock[]
}

export interface Guide {
  sections: GuideSection[]
}

export const text = (content: string): GuideBlock => ({ kind: 'text', text: content })
export const list = (...items: string[]): GuideBlock => ({ kind: 'list', items })
export const file = (name: string, content: string | ((place: GuidePlace) => string)): GuideBlock => ({
  kind: 'file',
  name,
  text: typeof content === 'string' ? () => content : content,
})
export const terminal = (content: string | ((place: GuidePlace) => string)): GuideBlock =>
  file('Terminal', content)
export const table = (label: string, columns: string[], ...rows: string[][]): GuideBlock => ({
  ...{ kind: 'table', label },
  ...{ columns, rows },
})
