// What other folders use of control.

import type { Annotation } from '../catalog/annotations.ts'
import type { ApiKey } from '../catalog/api-keys.ts'
import type { AuditEntry } from '../catalog/audit-log.ts'
import type { Branch } from '../catalog/branches.ts'
import type { Database } from '../catalog/databases.ts'
import type { Endpoint } from '../catalog/endpoints.ts'
import type { Jwks } from '../catalog/jwks.ts'
import type { Operation } from '../catalog/operations.ts'
import type { Member, Organization } from '../catalog/organizations.ts'
import type { Project } from '../catalog/projects.ts'
import type { Role } from '../catalog/roles.ts'
import type { Snapshot } from '../catalog/snapshots.ts'

export { assertMay } from './account/access-rules.ts'
export type { AuditedCall } from './account/audit.ts'
export type { CreatedKey } from './account/keys.ts'
export type { Issue as AdvisorIssue } from './advisors/advisors.ts'
export { askedBy } from './asker.ts'
export type { CreatedBranch } from './branches/branch-creation.ts'
export type { Connection } from './connections.ts'
export type { NewsStream } from './console/news-stream.ts'
export type { BranchUsed, ProjectUsed, Used } from './consumption/consumption.ts'
export type { Frame, Period } from './consumption/history.ts'
export { Control } from './control.ts'
export type { EndpointResult } from './endpoints.ts'
export type { ControlSettings, Parts } from './parts.ts'
export type { CreatedProject } from './projects.ts'

/** The rows that control hands out, by what they are. */
export interface Rows {
  project: Project
  branch: Branch
  endpoint: Endpoint
  role: Role
  database: Database
  operation: Operation
  organization: Organization
  member: Member
  apiKey: ApiKey
  auditEntry: AuditEntry
  annotation: Annotation
  snapshot: Snapshot
  jwks: Jwks
}
