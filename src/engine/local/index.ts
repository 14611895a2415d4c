// What the rest of Pilotlight may use of this engine: main.ts only, which plugs it in.

export { type Cluster, type ClusterOptions, majorOf, openCluster } from './cluster.ts'
export type { PostmasterEnd } from './compute/postmaster.ts'
export { createLocalEngine, type LocalEngine, type LocalEngineOptions, localCell } from './local-engine.ts'
export { type Machine, openMachine } from './machine.ts'
export { chooseBuild } from './postgres/builds.ts'
export type { PostgresUser } from './postgres-user.ts'
export { defaultSpawn } from './run.ts'
export { type ChosenDriver, chooseDriver } from './storage/choose-driver.ts'
export { runTool } from './storage/tools.ts'
