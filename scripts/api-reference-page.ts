// docs/api-reference.md, read off our OpenAPI document: each operation with what it takes and answers.

import type { OpenApiDocument, OpenApiOperation } from '../src/api/openapi.ts'

interface Schema {
  $ref?: string
  type?: string
  format?: string
  nullable?: boolean
  enum?: unknown[]
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  description?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  maxItems?: number
}

interface Parameter {
  name: string
  in: string
  required: boolean
  description?: string
  schema: Schema
}

interface Content {
  description?: string
  content?: { 'application/json': { schema: Schema } }
}

export function apiReferencePage(document: OpenApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  return [
    '# API reference',
    '',
    '<!-- Written by `npm run docs` from the routes. -->',
    '',
    'Every operation of the Management API, with what it takes and answers. The same as a document for programs is',
    '[openapi.json](openapi.json), which an installation serves at `/api/v2/openapi.json`. What is special about it, and',
    'how it differs from Neon’s, is in [api.md](api.md); all errors are in [errors.md](errors.md). Paths are below',
    '`/api/v2`. A `*` marks what has to be given, or is always there.',
    ...document.tags.flatMap(({ name, description }) => {
      const ofTag = operations.filter(({ operation }) => operation.tags.includes(name))
      if (name === 'Not part of Pilotlight') return ['', `## ${name}`, '', description, '', ...absent(ofTag)]
      return [
        ...['', `## ${name}`, '', description],
        ...ofTag.flatMap(({ path, method, operation }) => section(path, method, operation)),
      ]
    }),
    '',
    '## Shapes',
    ...Object.entries(document.components.schemas as Record<string, Schema>).flatMap(([name, schema]) => [
      '',
      `### ${name}`,
      '',
      ...fields(schema),
    ]),
    '',
  ].join('\n')
}

function section(path: string, method: string, operation: OpenApiOperation): string[] {
  const { operationId, summary, description, requestBody } = operation
  const parameters = (operation.parameters ?? []) as unknown as Parameter[]
  const query = parameters.filter(parameter => parameter.in === 'query')
  const body = (requestBody as Content | undefined)?.content?.['application/json'].schema
  return [
    ...['', `### ${operationId}`, '', `\`${method} ${path}\``, '', `${summary}.`],
    ...(description === undefined ? [] : ['', description]),
    ...(query.length === 0
      ? []
      : [
          '',
          'Query:',
          '',
          ...query.map(({ name, required, schema, ...rest }) => line(name, required, { ...schema, ...rest })),
        ]),
    ...(body === undefined ? [] : ['', 'Body:', '', ...fields(body)]),
    ...Object.entries(operation.responses).flatMap(([status, reply]) => replyLines(status, reply as Content)),
  ]
}

function replyLines(status: string, reply: Content): string[] {
  if (status === 'default') return []
  const schema = reply.content?.['application/json'].schema
  if (schema === undefined) return ['', `Answers ${status}: ${reply.description?.toLowerCase()}.`]
  if (status.startsWith('2')) return ['', `Answers ${status}:`, '', ...fields(schema)]
  return ['', `Answers ${status}:`, '', reply.description ?? '']
}

function absent(operations: { path: string; method: string; operation: OpenApiOperation }[]): string[] {
  return [
    '| path | operation | answer |',
    '|---|---|---|',
    ...operations.map(({ path, method, operation }) => {
      const [status] = Object.keys(operation.responses)
      return `| \`${method} ${path}\` | \`${operation.operationId}\` | ${status} |`
    }),
  ]
}

/** Of an object its fields, of a named shape its name, of anything else what it is. */
function fields(schema: Schema, indent = ''): string[] {
  const { properties } = schema
  if (properties === undefined) return [`${indent}- ${typeOf(schema)}`]
  const names = Object.entries(properties)
  if (names.length === 0) return [`${indent}- an empty object`]
  return names.flatMap(([name, property]) => [
    line(name, schema.required?.includes(name) ?? false, property, indent),
    ...inner(property, `${indent}  `),
  ])
}

/** What stands inside a field that has no name of its own. */
function inner(schema: Schema, indent: string): string[] {
  if (schema.properties && Object.keys(schema.properties).length > 0) return fields(schema, indent)
  return schema.items ? inner(schema.items, indent) : []
}

function line(name: string, required: boolean, schema: Schema, indent = ''): string {
  const description = schema.description === undefined ? '' : `. ${schema.description}`
  return `${indent}- \`${name}\`${required ? '*' : ''}: ${typeOf(schema)}${boundsOf(schema)}${description}`
}

function typeOf(schema: Schema): string {
  const { $ref, allOf, anyOf, oneOf, items, additionalProperties } = schema
  const orNull = schema.nullable ? ' or null' : ''
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1)!
    return `[${name}](#${name.toLowerCase()})${orNull}`
  }
  const alternatives = allOf ?? anyOf ?? oneOf
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(allOf ? ' and ' : ' or ') + orNull
  if (schema.enum) return schema.enum.map(value => `\`${value}\``).join(', ') + orNull
  if (items) return `list of ${typeOf(items)}${orNull}`
  if (typeof additionalProperties === 'object') return `map to ${typeOf(additionalProperties)}${orNull}`
  return (schema.format ?? schema.type ?? 'anything') + orNull
}

function boundsOf({ minimum, maximum, minLength, maxLength, maxItems }: Schema): string {
  const bounds = [
    minimum === undefined ? '' : `at least ${minimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
    minLength === undefined || minLength < 2 ? '' : `at least ${minLength} characters`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    maxItems === undefined ? '' : `at most ${maxItems}`,
  ].filter(Boolean)
  return bounds.length === 0 ? '' : `, ${bounds.join(', ')}`
}
