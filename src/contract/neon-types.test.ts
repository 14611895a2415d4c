// Our shapes against the types of the official client, which are generated from Neon's OpenAPI document: the compiler
// holds each operation's reply, body and query. An operation that does not fit is named in the compiler's message.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api, GeneralError } from '@neondatabase/api-client'
import type { z } from 'zod'
import type * as routes from './routes/index.ts'

/** Their enums as the plain strings that travel; what may be missing may also be undefined. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> | (object extends Pick<T, Key> ? undefined : never) }
      : T

type Exported = typeof routes

/** Every route of Neon's that we serve, by its operationId. Ours below `/pilotlight` are nobody's to compare with. */
type Served = {
  [Name in keyof Exported as Exported[Name] extends { operationId: infer Id extends string; path: infer Path }
    ? Path extends `/pilotlight/${string}`
      ? never
      : Id
    : never]: Exported[Name]
}

/** The official client writes `getConnectionUri` where the document says `getConnectionURI`. */
type Methods = {
  [Name in keyof Api<unknown> as Name extends string ? Lowercase<Name> : never]: Api<unknown>[Name]
}
type MethodOf<Id extends string> = Lowercase<Id> extends keyof Methods ? Methods[Lowercase<Id>] : never

type Part<Id extends keyof Served, Name extends string> = Served[Id] extends { [Key in Name]: infer Value }
  ? Value
  : never
type RequestPart<Id extends keyof Served, Name extends string> =
  Part<Id, 'request'> extends {
    [Key in Name]: infer Value
  }
    ? Value
    : never
type Input<Schema> = Schema extends z.ZodType ? z.input<Schema> : never

type TheirReply<Id extends string> =
  MethodOf<Id> extends (...args: never[]) => Promise<{ data: infer Data }> ? Data : never
/** Ids and query first, the body next, settings of the request last. */
type TheirArguments<Id extends string> =
  MethodOf<Id> extends (...args: infer Args) => unknown ? Required<Args> : never
type TheirBody<Id extends string> =
  TheirArguments<Id> extends [...unknown[], infer Body, unknown] ? Body : never
/** Where there is a query, it and the ids are one object, before the body if there is one. */
type TheirQuery<Id extends keyof Served & string> = TheirArguments<Id>['length'] extends (
  RequestPart<Id, 'body'> extends undefined
    ? 2
    : 3
)
  ? TheirArguments<Id>[0] extends object
    ? Omit<TheirArguments<Id>[0], 'projectId' | 'branchId' | 'snapshotId' | 'orgId'>
    : object
  : object

type Unknown = { [Id in keyof Served & string]: [MethodOf<Id>] extends [never] ? Id : never }[keyof Served]

/** What we answer is what they expect; void is whatever comes. */
type WrongReplies = {
  [Id in keyof Served & string]: TheirReply<Id> extends void
    ? never
    : Input<Part<Id, 'reply'>> extends Plain<TheirReply<Id>>
      ? never
      : Id
}[keyof Served]

/** What they may send is what we take. */
type WrongBodies = {
  [Id in keyof Served & string]: [RequestPart<Id, 'body'>] extends [undefined]
    ? never
    : TheirBody<Id> extends Input<RequestPart<Id, 'body'>>
      ? never
      : Id
}[keyof Served]

/** In a query all is text: a number or truth value is taken as such, or as it is written. */
type Fits<Theirs, Ours> =
  Plain<Theirs> extends Ours
    ? true
    : [Theirs] extends [string | number | boolean]
      ? [`${Theirs}`] extends [Ours]
        ? true
        : false
      : false

/** A parameter of theirs that we do not read, or read as something else. */
type WrongQueries = {
  [Id in keyof Served & string]: {
    [Key in keyof TheirQuery<Id>]-?: Key extends keyof Input<RequestPart<Id, 'query'>>
      ? Fits<Required<TheirQuery<Id>>[Key], Input<RequestPart<Id, 'query'>>[Key]> extends true
        ? never
        : `${Id} ${Key & string}`
      : `${Id} ${Key & string}`
  }[keyof TheirQuery<Id>]
}[keyof Served]

/** Any text by its type; by its description `sql` or `json`. */
type Narrower = 'getProjectBranchSchema format'

type None<_Wrong extends never> = true

export type Checks = [
  None<Unknown>,
  None<WrongReplies>,
  None<WrongBodies>,
  None<Exclude<WrongQueries, Narrower>>,
  z.infer<typeof routes.errorBody> extends Plain<GeneralError> ? true : never,
]

test('the actions and statuses of operations are theirs', async () => {
  const { OperationAction, OperationStatus } = await import('@neondatabase/api-client')
  const { operationActions, operationStatuses } = await import('./operations.ts')
  assert.deepEqual([...operationActions].sort(), Object.values(OperationAction).sort())
  assert.deepEqual([...operationStatuses].sort(), Object.values(OperationStatus).sort())
})
