// Which one of many is meant: by its id, else by its name, if it is the only one of that name.

import { notFoundError, usageError } from './errors.ts'

export interface PickWords<T> {
  /** Of the error where there is none. */
  code: string
  noun: string
  /** A sentence: where those that there are can be seen. */
  hint: string
  /** What tells several of one name apart, as advice; undefined, or without it: their ids. */
  apart?(found: T[]): string | undefined
}

/** Throws `code`, and usage where several are called so. */
export function pick<T extends { id: string | number; name: string }>(
  all: readonly T[],
  text: string,
  { code, noun, hint, apart }: PickWords<NoInfer<T>>,
): T {
  const byId = all.find(({ id }) => String(id) === text)
  if (byId) return byId
  const byName = all.filter(({ name }) => name === text)
  if (byName.length === 1) return byName[0]!
  const quoted = JSON.stringify(text)
  if (byName.length === 0) {
    throw notFoundError(code, `there is no ${noun} with the id or name ${quoted}`, hint)
  }
  throw usageError(
    `${byName.length} ${noun}${noun.endsWith('branch') ? 'es' : 's'} have the name ${quoted}`,
    apart?.(byName) ?? `Name one by its id: ${byName.map(({ id }) => id).join(', ')}.`,
  )
}
