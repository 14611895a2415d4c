// The cookie that a browser is signed in by. Scripts cannot read it, and other sites cannot have it sent.

import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { ApiEnv } from '../serve.ts'

const path = '/api'

/** Cookies know no ports: without it in the name, two installations on one machine would sign each other out. */
const nameFor = (c: Context<ApiEnv>): string => `pilotlight_session_${new URL(c.req.url).port || 'default'}`

export function sessionOf(c: Context<ApiEnv>): string | undefined {
  return getCookie(c, nameFor(c))
}

export function keepSession(c: Context<ApiEnv>, token: string, maxAgeSeconds: number): void {
  setCookie(c, nameFor(c), token, {
    path,
    httpOnly: true,
    sameSite: 'Strict',
    secure: new URL(c.req.url).protocol === 'https:',
    maxAge: maxAgeSeconds,
  })
}

export function forgetSession(c: Context<ApiEnv>): void {
  deleteCookie(c, nameFor(c), { path })
}

/** A page of another origin cannot send it without being asked first, and no answer of ours lets it. */
export const consoleHeader = 'X-Pilotlight-Console'
