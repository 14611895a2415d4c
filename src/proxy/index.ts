// The proxy: brings a client to its awake compute. What main may use.

export { ControlClient } from './control-client/index.ts'
export type { Access, Activity, ComputeAddress, RoleSecret, Wake } from './ports.ts'
export {
  defaultProxyLimits,
  type Proxy,
  type ProxyLimits,
  type ProxyOptions,
  type ProxyPorts,
  startProxy,
  startProxyWith,
} from './proxy.ts'
export {
  type Certificates,
  ensureCertificates,
  ensureLeaf,
  ownNames,
  postgresLeafFile,
  readLeaf,
} from './tls/authority.ts'
