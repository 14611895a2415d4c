export type { MachineFacts } from './account.ts'
export { createApp } from './app.ts'
export { createProxyDoor } from './proxy-door.ts'
