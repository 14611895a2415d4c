// From a compute's size, and from what the machine has, to the settings of Postgres that follow from them. Pure.

import { availableParallelism, totalmem } from 'node:os'

export interface Size {
  /** What it may count on, and the most that it may take. */
  memoryMb: number
  memoryMaxMb: number
  vcpu: number
}

/** Of what does not grow. */
export function fixedSize(memoryMb: number): Size {
  return { memoryMb, memoryMaxMb: memoryMb, vcpu: 1 }
}

export interface MachineSize {
  memoryMb: number
  cpus: number
}

/** Of this machine, or of the container that we are in. */
export function machineSize(): MachineSize {
  const constrained = process.constrainedMemory()
  const bytes = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return { memoryMb: Math.floor(bytes / 2 ** 20), cpus: availableParallelism() }
}

/** A compute unit, as the seam's callers count memory. */
const memoryMbPerUnit = 4096
/** Neon's: 4 GB for each unit, and one connection for so many bytes; 104 for the smallest size, 419 for one unit. */
const bytesPerUnit = 4e9
const bytesPerConnection = 9_531_392
const connectionsMax = 4000
const connectionsMin = 100
/** Neon's: what grows while a compute runs may grow to eight times of where it began. */
const growthMax = 8

/** No size gives more than the machine has: a large one on a laptop is the laptop. */
export function fittedSize(size: Size, machine: MachineSize): Size {
  return {
    memoryMb: Math.min(size.memoryMb, machine.memoryMb),
    memoryMaxMb: Math.min(Math.max(size.memoryMb, size.memoryMaxMb), machine.memoryMb),
    vcpu: Math.min(size.vcpu, machine.cpus),
  }
}

export function maxConnections({ memoryMb, memoryMaxMb }: Size): number {
  const units = Math.min(memoryMaxMb, memoryMb * growthMax) / memoryMbPerUnit
  const fitting = Math.floor((units * bytesPerUnit) / bytesPerConnection)
  return Math.max(connectionsMin, Math.min(connectionsMax, fitting))
}

/** 1/64 of the memory: the kernel's cache does the rest, and every MB has to be set up before the first session. */
export function sharedBuffersMb(memoryMb: number): number {
  return Math.max(16, Math.round(memoryMb / 64))
}

export function sizeSettings(wanted: Size, machine: MachineSize): Record<string, string> {
  const size = fittedSize(wanted, machine)
  const { memoryMb } = size
  return {
    shared_buffers: `${sharedBuffersMb(memoryMb)}MB`,
    effective_cache_size: `${Math.max(64, Math.round((memoryMb * 3) / 4))}MB`,
    maintenance_work_mem: `${Math.max(16, Math.min(1024, Math.round(memoryMb / 16)))}MB`,
    work_mem: '4MB',
    max_connections: String(maxConnections(size)),
    // Neon's: whoever takes all the others, we can still look inside.
    superuser_reserved_connections: '7',
    // Neon's, from the processors that there really are.
    max_worker_processes: String(12 + Math.floor(2 * size.vcpu)),
  }
}
