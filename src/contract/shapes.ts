// What goes over the Management API: Neon's shapes, with what its clients read. Deprecated fields that those clients
// still require are sent, and marked.

export * from './shapes/account.ts'
export * from './shapes/advisors.ts'
export {
  cursorPagination,
  databaseName,
  directoryName,
  displayName,
  flag,
  lsn,
  moment,
  pagination,
  pathText,
  roleName,
  timestamp,
} from './shapes/basics.ts'
export * from './shapes/branch-contents.ts'
export * from './shapes/branches.ts'
export * from './shapes/consumption.ts'
export * from './shapes/endpoints.ts'
export * from './shapes/installation.ts'
export * from './shapes/jwks.ts'
export * from './shapes/project-settings.ts'
export * from './shapes/projects.ts'
export * from './shapes/settings.ts'
export * from './shapes/snapshots.ts'
