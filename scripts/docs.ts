// npm run docs: writes what is read off the code: docs/errors.md, docs/configuration.md, docs/openapi.json,
// docs/api-reference.md, and the tables of docs/api.md.
// A test compares them with what is checked in.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openApiDocument } from '../src/api/openapi.ts'
import { settings } from '../src/config.ts'
import { type ErrorDefinition, errorTable } from '../src/contract/errors.ts'
import { apiPage } from './api-page.ts'
import { apiReferencePage } from './api-reference-page.ts'

const owners = {
  caller: 'The request has to change.',
  network: 'Something between client and server.',
  compute: 'Postgres itself, or its process.',
  platform: 'Pilotlight; trying again may help.',
} as const

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

export function errorsPage(): string {
  const rows = Object.entries<ErrorDefinition>(errorTable).map(
    ([code, { message, http, sqlstate, owner, retry, remedy }]) =>
      `| \`${code}\` | ${cell(message)} | ${http} | ${sqlstate} | ${owner} | ${retry ? 'yes' : 'no'} | ${cell(remedy)} |`,
  )
  return [
    '# Errors',
    '',
    '<!-- Written by `npm run docs` from src/contract/errors.ts. -->',
    '',
    'Over HTTP an error is `{request_id, code, message}` with the status below; on the Postgres wire it is an',
    'ErrorResponse with the SQLSTATE. `{name}` stands for a value. Errors of Postgres itself pass through as they are.',
    '',
    'Who has to act:',
    '',
    ...Object.entries(owners).map(([owner, what]) => `- **${owner}**: ${what}`),
    '',
    '| code | message | HTTP | SQLSTATE | owner | retry | what to do |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

export function configurationPage(): string {
  const rows = Object.values(settings).map(
    ({ flag, value, env, defaultText, description, allowed }) =>
      `| \`--${flag} ${value}\` | \`${env}\` | ${cell(description)} | ${cell(allowed)} | ${cell(defaultText)} |`,
  )
  return [
    '# Configuration',
    '',
    '<!-- Written by `npm run docs` from src/config.ts. -->',
    '',
    'Settings of `pilotlight up` (and of `npm start --`). A flag wins over the environment, which wins over the default.',
    '',
    '| flag | environment | what it does | takes | default |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'When everything is ready, `<data-dir>/run/pilotlight.json` holds pid, URLs, ports, domain and the CA file, and',
    '`<data-dir>/run/api-key` (readable by its owner only) a first API key.',
    '',
  ].join('\n')
}

export const pages: Record<string, () => string> = {
  'docs/errors.md': errorsPage,
  'docs/configuration.md': configurationPage,
  'docs/openapi.json': () => `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  'docs/api-reference.md': () => apiReferencePage(openApiDocument()),
  'docs/api.md': () => apiPage(readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8')),
}

if (import.meta.main) {
  for (const [path, render] of Object.entries(pages)) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), render())
    console.log(path)
  }
}
