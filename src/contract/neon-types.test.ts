// Our shapes against the types of the official client, which are generated from Neon's OpenAPI document: the compiler
// holds each assignment. There is nothing to run but this file itself.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  AnnotationResponse,
  AnnotationsMapResponse,
  BackupSchedule,
  Branch,
  BranchCreateRequest,
  BranchesCountResponse,
  BranchesResponse,
  BranchOperations,
  BranchRecoverResponse,
  BranchResponse,
  BranchRestoreRequest,
  BranchSchemaCompareResponse,
  BranchSchemaResponse,
  BranchUpdateRequest,
  ConnectionDetails,
  ConnectionURIResponse,
  CurrentUserInfoResponse,
  CursorPaginationResponse,
  Database,
  DatabasesResponse,
  Endpoint,
  EndpointCreateRequest,
  EndpointOperations,
  EndpointsResponse,
  EndpointUpdateRequest,
  GeneralError,
  Operation,
  OperationsResponse,
  Project,
  ProjectCreateRequest,
  ProjectListItem,
  ProjectUpdateRequest,
  RegionResponse,
  Role,
  RolesResponse,
  Snapshot,
  SnapshotUpdateRequest,
} from '@neondatabase/api-client'
import type { z } from 'zod'
import type * as routes from './routes/index.ts'
import type * as shapes from './shapes.ts'

/** Their enums as the plain strings that travel; what may be missing may also be undefined. */
type Plain<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? Plain<Item>[]
    : T extends object
      ? { [Key in keyof T]: Plain<T[Key]> | (object extends Pick<T, Key> ? undefined : never) }
      : T

/** A reply of ours is one of theirs. */
type Sends<Ours extends Plain<Theirs>, Theirs> = Ours
/** A request of theirs is one that we take. */
type Takes<Ours, Theirs extends Ours> = Theirs

export type Checks = [
  Sends<z.infer<typeof shapes.projectListItem>, ProjectListItem>,
  Sends<z.infer<typeof shapes.project>, Project>,
  Sends<z.infer<typeof shapes.branch>, Branch>,
  Sends<z.infer<typeof shapes.endpoint>, Endpoint>,
  Sends<z.infer<typeof shapes.role>, Role>,
  Sends<z.infer<typeof shapes.database>, Database>,
  Sends<z.infer<typeof shapes.operation>, Operation>,
  Sends<z.infer<typeof shapes.connectionDetails>, ConnectionDetails>,
  Sends<z.infer<typeof shapes.region>, RegionResponse>,
  Sends<z.infer<typeof shapes.currentUser>, CurrentUserInfoResponse>,
  Sends<z.infer<typeof routes.errorBody>, GeneralError>,
  Sends<z.infer<typeof routes.getConnectionUri.reply>, ConnectionURIResponse>,
  Takes<z.input<typeof shapes.projectCreateBody>, ProjectCreateRequest>,
  Takes<z.input<typeof shapes.projectUpdateBody>, ProjectUpdateRequest>,
  Sends<
    z.infer<typeof routes.listBranches.reply>,
    BranchesResponse & AnnotationsMapResponse & CursorPaginationResponse
  >,
  Sends<z.infer<typeof routes.countBranches.reply>, BranchesCountResponse>,
  Sends<
    z.infer<typeof routes.createBranch.reply>,
    BranchResponse & EndpointsResponse & OperationsResponse & RolesResponse & DatabasesResponse
  >,
  Sends<z.infer<typeof routes.getBranch.reply>, BranchResponse & AnnotationResponse>,
  Sends<z.infer<typeof routes.updateBranch.reply>, BranchOperations>,
  Sends<z.infer<typeof routes.deleteBranch.reply>, BranchOperations>,
  Sends<z.infer<typeof routes.restoreBranch.reply>, BranchOperations>,
  Sends<z.infer<typeof routes.recoverBranch.reply>, BranchRecoverResponse>,
  Sends<z.infer<typeof routes.finalizeRestore.reply>, OperationsResponse>,
  Sends<z.infer<typeof routes.createEndpoint.reply>, EndpointOperations>,
  Sends<z.infer<typeof routes.getSchema.reply>, BranchSchemaResponse>,
  Sends<z.infer<typeof routes.compareSchema.reply>, BranchSchemaCompareResponse>,
  Sends<z.infer<typeof shapes.snapshot>, Snapshot>,
  Sends<z.infer<typeof shapes.backupSchedule>, BackupSchedule>,
  Takes<z.input<typeof shapes.branchCreateBody>, BranchCreateRequest>,
  Takes<z.input<typeof shapes.branchUpdateBody>, BranchUpdateRequest>,
  Takes<z.input<typeof shapes.branchRestoreBody>, BranchRestoreRequest>,
  Takes<z.input<typeof shapes.endpointCreateBody>, EndpointCreateRequest>,
  Takes<z.input<typeof shapes.endpointUpdateBody>, EndpointUpdateRequest>,
  Takes<z.input<typeof shapes.snapshotUpdateBody>, SnapshotUpdateRequest>,
  Takes<z.input<typeof shapes.backupSchedule>, BackupSchedule>,
]

test('the actions and statuses of operations are theirs', async () => {
  const { OperationAction, OperationStatus } = await import('@neondatabase/api-client')
  const { operationActions, operationStatuses } = await import('./operations.ts')
  assert.deepEqual([...operationActions].sort(), Object.values(OperationAction).sort())
  assert.deepEqual([...operationStatuses].sort(), Object.values(OperationStatus).sort())
})
