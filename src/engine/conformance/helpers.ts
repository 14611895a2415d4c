// What the suites have in common.

import assert from 'node:assert/strict'
import {
  type ComputeSpec,
  type DataOptions,
  type Engine,
  EngineError,
  type EngineErrorCode,
  type Ref,
  type Status,
} from '../engine.ts'

/** Long enough for a slow machine; no test judges by time. */
export const timeout = 180_000

/** What a new project has. */
export const dayOfHistory: DataOptions = { windowSeconds: 86_400 }

export function specOf(data: Ref): ComputeSpec {
  return { data, mode: 'rw', vcpu: 1, memoryMb: 1024, settings: {} }
}

/** Calls may answer before the work is done. */
export async function ready(engine: Engine, ref: Ref, gen: number, spec: ComputeSpec): Promise<Status> {
  const status = await engine.ensureRunning(ref, gen, spec)
  return status.phase === 'ready' ? status : await until(engine, ref, 'ready')
}

export async function until(engine: Engine, ref: Ref, phase: string): Promise<Status> {
  for (;;) {
    const status = await engine.observe(ref)
    if (status.phase === phase) return status
    if (status.phase === 'failed') throw new Error(`${ref.id}: ${status.error?.message}`)
    await pause(20)
  }
}

export async function untilNot(engine: Engine, ref: Ref, phase: string): Promise<void> {
  while ((await engine.observe(ref)).phase === phase) await pause(20)
}

export async function refused(code: EngineErrorCode, promise: Promise<unknown>): Promise<void> {
  await assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof EngineError, String(error))
    assert.equal(error.code, code, error.message)
    return true
  })
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
