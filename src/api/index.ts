export type { MachineFacts } from './account.ts'
export { createApp } from './app.ts'
export { clientAddress, TrustedProxies } from './client-address.ts'
export { createProxyDoor } from './proxy-door.ts'
