// The cookie that a browser is signed in by. Scripts cannot read it, and other sites cannot have it sent.

import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { ApiEnv } from '../serve.ts'

const name = 'pilotlight_session'

/** Cookies know no ports, so that two installations on one machine would sign each other out: the path is all they have. */
const path = '/api'

export function sessionOf(c: Context<ApiEnv>): string | undefined {
  return getCookie(c, name)
}

export function keepSession(c: Context<ApiEnv>, token: string, maxAgeSeconds: number): void {
  setCookie(c, name, token, {
    path,
    httpOnly: true,
    sameSite: 'Strict',
    secure: new URL(c.req.url).protocol === 'https:',
    maxAge: maxAgeSeconds,
  })
}

export function forgetSession(c: Context<ApiEnv>): void {
  deleteCookie(c, name, { path })
}

/** A page of another origin cannot send it without being asked first, and no answer of ours lets it. */
export const consoleHeader = 'X-Pilotlight-Console'
