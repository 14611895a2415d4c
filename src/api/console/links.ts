import * as routes from '../../contract/routes/index.ts'
import type { Control } from '../../control/index.ts'
import { type Api, serve } from '../serve.ts'
import { timestamp } from '../timestamp.ts'

/** The secret stands behind a `#`: browsers send it to nobody, and no log has it. */
export function serveConsoleLinks(api: Api, control: Control): void {
  serve(api, routes.createConsoleLink, ({ caller }) => {
    const { token, expiresAt } = control.signIn.link(caller)
    return { path: `/sign-in#${token}`, expires_at: timestamp(expiresAt) }
  })
}
