import * as routes from '../contract/routes/index.ts'
import type { Control } from '../control/index.ts'
import { type Api, serve } from './serve.ts'

export function servePreloadLibraries(api: Api, control: Control): void {
  serve(api, routes.getAvailablePreloadLibraries, async ({ params }) => ({
    libraries: (await control.endpoints.preloadLibraries(params.project_id)).map(library => ({
      library_name: library.name,
      description: library.description,
      is_default: library.isDefault,
      is_experimental: false,
      version: library.version,
    })),
  }))
}
