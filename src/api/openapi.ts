// What we serve, as an OpenAPI document: GET /api/v2/openapi.json, and docs/openapi.json. It is read off the routes.

import { type ErrorCode, type ErrorDefinition, errorTable } from '../contract/errors.ts'
import { partly, served } from '../contract/routes/all.ts'
import { apiBase, type NotOurs, notOurs, type Route } from '../contract/routes/index.ts'
import { type JsonSchema, reference, type Schemas, schemasOf } from './openapi-schemas.ts'
import { tagOf, tags } from './openapi-tags.ts'
import type { Api } from './serve.ts'

export interface OpenApiOperation {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  parameters?: JsonSchema[]
  requestBody?: JsonSchema
  responses: Record<string, JsonSchema>
}

export interface OpenApiDocument {
  openapi: string
  info: JsonSchema
  servers: JsonSchema[]
  security: JsonSchema[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OpenApiOperation>>
  components: Record<string, JsonSchema>
}

/** Any request may end in one of these. */
const errorsOfAll: ErrorCode[] = ['unauthenticated', 'invalid_request', 'internal']

/** To anybody: there is nothing secret in it, and who generates a client has no key at hand. */
export function serveOpenApi(app: Api): void {
  let text: string | undefined
  app.get(`${apiBase}/openapi.json`, c => {
    text ??= JSON.stringify(openApiDocument())
    return c.body(text, 200, { 'Content-Type': 'application/json' })
  })
}

export function openApiDocument(): OpenApiDocument {
  const schemas = schemasOf([...served, ...notOurs.map(({ route }) => route)])
  const paths: OpenApiDocument['paths'] = {}
  const add = ({ path, method }: Route, operation: OpenApiOperation) => {
    paths[path] = { ...paths[path], [method]: operation }
  }
  for (const route of served) add(route, operationOf(route, schemas))
  for (const row of notOurs) add(row.route, absentOperation(row, schemas))
  return {
    openapi: '3.0.3',
    info: {
      title: 'Pilotlight Management API',
      version: 'v2',
      description:
        'The Management API of a Pilotlight installation: Neon’s API v2, with paths of our own below /pilotlight. ' +
        'An API key goes into the header `Authorization: Bearer <key>`.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    servers: [{ url: apiBase }],
    security: [{ BearerAuth: [] }],
    tags,
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: schemas.components,
      responses: {
        GeneralError: {
          description: `Any other error, such as:\n${errorList(errorsOfAll)}`,
          ...errorContent,
        },
      },
      securitySchemes: {
        BearerAuth: { type: 'http', scheme: 'bearer', description: 'An API key: `napi_…`' },
      },
    },
  }
}

function operationOf(route: Route, schemas: Schemas): OpenApiOperation {
  const { operationId, path, summary, request, status, mayBeMissing } = route
  const parameters = [
    ...parametersOf('path', schemas.of(request.params)),
    ...parametersOf('query', schemas.of(request.query)),
  ]
  const note = partly[operationId]
  return {
    operationId,
    tags: [tagOf(path)],
    summary,
    ...(note !== undefined && { description: `Not as at Neon: ${note}` }),
    ...(parameters.length > 0 && { parameters }),
    ...(request.body && {
      requestBody: { required: !request.bodyOptional, ...json(schemas.of(request.body)) },
    }),
    responses: {
      [status]: { description: summary, ...json(schemas.of(route.reply)) },
      ...(mayBeMissing && { 204: { description: 'It is not there' } }),
      ...errorsByStatus(route.errors),
      default: { $ref: '#/components/responses/GeneralError' },
    },
  }
}

/** What is no part of us: the answer that lets Neon's clients carry on. */
function absentOperation({ route, answer }: NotOurs, schemas: Schemas): OpenApiOperation {
  const parameters = parametersOf('path', schemas.of(route.request.params))
  const reply =
    answer === 'absent'
      ? { 404: { description: route.summary, ...errorContent } }
      : answer === 'unavailable'
        ? { 501: { description: route.summary, ...errorContent } }
        : { 200: { description: 'There is none', ...json(schemas.of(route.reply)) } }
  return {
    ...{ operationId: route.operationId, tags: ['Not part of Pilotlight'], summary: route.summary },
    ...(parameters.length > 0 && { parameters }),
    responses: { ...reply, default: { $ref: '#/components/responses/GeneralError' } },
  }
}

const json = (schema: JsonSchema): JsonSchema => ({ content: { 'application/json': { schema } } })
const errorContent = json(reference('GeneralError'))

function parametersOf(place: 'path' | 'query', schema: JsonSchema): JsonSchema[] {
  const required = (schema.required ?? []) as string[]
  return Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(([name, property]) => {
    const { description, ...rest } = property
    return {
      ...{ name, in: place, required: place === 'path' || required.includes(name) },
      ...(description !== undefined && { description }),
      schema: rest,
    }
  })
}

/** The errors that a route names, one reply for each status. */
function errorsByStatus(codes: readonly ErrorCode[]): Record<string, JsonSchema> {
  const byStatus = Map.groupBy(new Set(codes), code => errorTable[code].http)
  return Object.fromEntries(
    [...byStatus].map(([http, same]) => [http, { description: errorList(same), ...errorContent }]),
  )
}

function errorList(codes: readonly ErrorCode[]): string {
  const definitions: Record<string, ErrorDefinition> = errorTable
  return codes
    .map(code => `- \`${definitions[code]?.neonCode ?? code}\`: ${errorTable[code].message}`)
    .join('\n')
}
