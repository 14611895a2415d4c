// The tables of docs/api.md, read off the routes. What stands around them is written by hand.

import { partly, served } from '../src/contract/routes/all.ts'
import { type NotOurs, notOurs, type Route } from '../src/contract/routes/index.ts'

const begin = '<!-- Tables from here on: written by `npm run docs` from src/contract/routes/. -->'
const end = '<!-- Tables up to here. -->'

const isOfNeon = ({ path }: Route) => !path.startsWith('/pilotlight/')

/** The page with its tables as the code has them now. Throws where the marks are gone. */
export function apiPage(page: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/api.md needs the lines ${begin} and ${end}`)
  return [page.slice(0, from) + begin, '', ...tables(), '', page.slice(to)].join('\n')
}

function tables(): string[] {
  const ofNeon = served.filter(isOfNeon)
  return [
    `## Served: ${ofNeon.length} of Neon’s operations`,
    '',
    ...routesTable(ofNeon, 'what it does, and what is not as at Neon'),
    '',
    '## Served beyond Neon’s',
    '',
    ...routesTable(
      served.filter(route => !isOfNeon(route)),
      'what it does',
    ),
    '',
    `## No part of Pilotlight: ${notOurs.length} operations`,
    '',
    'They are answered in the way that lets Neon’s clients carry on: where there would be a list it is empty; what would',
    'be one thing is not there (404, `feature_absent`); what would make something is not available (501, `not_available`).',
    'What the path names, a project, a branch, is looked for first.',
    '',
    '| about | answered empty | 404 | 501 |',
    '|---|---|---|---|',
    ...features(),
  ]
}

function routesTable(routes: readonly Route[], heading: string): string[] {
  return [
    `| path | operation | ${heading} |`,
    '|---|---|---|',
    ...[...routes].sort(byPath).map(route => {
      const { operationId, method, path, summary } = route
      const note = partly[operationId]
      const text = note === undefined ? summary : `${summary}. **In part**: ${note}`
      return `| \`${method.toUpperCase()} ${path}\` | \`${operationId}\` | ${cell(text)} |`
    }),
  ]
}

function features(): string[] {
  const byFeature = Map.groupBy(notOurs, ({ feature }) => feature)
  return [...byFeature].map(([feature, rows]) => {
    const ids = (of: (row: NotOurs) => boolean) =>
      rows
        .filter(of)
        .map(({ route }) => `\`${route.operationId}\``)
        .join(', ')
    const name = feature.replace(/ (is|are)$/, '')
    return `| ${name} | ${ids(({ answer }) => typeof answer === 'object')} | ${ids(({ answer }) => answer === 'absent')} | ${ids(({ answer }) => answer === 'unavailable')} |`
  })
}

function byPath(a: Route, b: Route): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.method < b.method ? -1 : 1
}

const cell = (text: string): string => text.replaceAll('|', '\\|')
