// <data-dir>/run/pilotlight.json: how a program on this machine finds a running Pilotlight.
// It is written when everything is ready, and removed at a clean stop.

import { z } from 'zod'

export const runFileSchema = z.object({
  version: z.string(),
  pid: z.number().int(),
  /** RFC 3339. */
  startedAt: z.string(),
  dataDir: z.string(),
  /** Without TLS. */
  apiUrl: z.string(),
  apiPort: z.number().int(),
  /** The address that it listens on. */
  apiListen: z.string(),
  pgHost: z.string(),
  pgPort: z.number().int(),
  /** The API over TLS. */
  httpsUrl: z.string(),
  httpsPort: z.number().int(),
  /** The operator's own certificate for it; null: one of the local authority. */
  apiCertFile: z.string().nullable(),
  domain: z.string(),
  region: z.string(),
  /** `<region>.<domain>`: what stands behind the endpoint's label in a host name. */
  hostSuffix: z.string(),
  /** Whether endpoint host names resolved on this machine when it was written. */
  hostsResolve: z.boolean(),
  caFile: z.string(),
  apiKeyFile: z.string(),
  proxies: z.number().int(),
})

export type RunFile = z.infer<typeof runFileSchema>

export const runFilePath = (dataDir: string): string => `${dataDir}/run/pilotlight.json`
export const apiKeyPath = (dataDir: string): string => `${dataDir}/run/api-key`
