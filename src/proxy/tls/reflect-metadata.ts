// The four functions of the reflect-metadata proposal that @peculiar/x509's container asks for at import. It reads no
// metadata that a compiler wrote, so a map does, and a package with a global side effect is not needed.

const store = new WeakMap<object, Map<unknown, unknown>>()

function define(key: unknown, value: unknown, target: object): void {
  const entries = store.get(target) ?? new Map<unknown, unknown>()
  store.set(target, entries)
  entries.set(key, value)
}

function getOwn(key: unknown, target: object): unknown {
  return store.get(target)?.get(key)
}

function get(key: unknown, target: object): unknown {
  for (let at: object | null = target; at; at = Object.getPrototypeOf(at)) {
    const value = getOwn(key, at)
    if (value !== undefined) return value
  }
  return undefined
}

/** Has no effect where the real thing is loaded already. */
export function installReflectMetadata(): void {
  if ('getMetadata' in Reflect) return
  const added = { defineMetadata: define, getOwnMetadata: getOwn, getMetadata: get }
  for (const [name, value] of Object.entries(added))
    Object.defineProperty(Reflect, name, { value, configurable: true, writable: true })
}
