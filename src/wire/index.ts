// The Postgres protocol v3, pure: bytes to messages and back. What other folders may use.

export * from './backend.ts'
export * from './endpoint-name.ts'
export * from './error-fields.ts'
export * from './frames.ts'
export * from './frontend.ts'
export * from './options.ts'
export * from './scram.ts'
export * from './scram-client.ts'
export * from './scram-mock.ts'
export * from './scram-server.ts'
export * from './startup.ts'
