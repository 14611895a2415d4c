import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fittedSize, machineSize, type Size, sizeSettings } from './size.ts'

const large = { memoryMb: 1_000_000, cpus: 128 }
const sizeOf = (min: number, max = min): Size => ({
  memoryMb: min * 4096,
  memoryMaxMb: max * 4096,
  vcpu: max,
})

test('connections are those that Neon gives for a size', () => {
  const table: [min: number, max: number, connections: number][] = [
    [0.25, 0.25, 104],
    [0.5, 0.5, 209],
    [1, 1, 419],
    [2, 2, 839],
    [3, 3, 1258],
    [4, 4, 1678],
    [8, 8, 3357],
    [9, 9, 3776],
    [10, 10, 4000],
    [56, 56, 4000],
    // What grows counts up to eight times of where it begins.
    [0.25, 2, 839],
    [0.25, 8, 839],
    [1, 8, 3357],
  ]
  for (const [min, max, connections] of table) {
    assert.equal(
      sizeSettings(sizeOf(min, max), large).max_connections,
      String(connections),
      `${min} to ${max}`,
    )
  }
})

test('memory and workers grow with the size', () => {
  assert.deepEqual(sizeSettings(sizeOf(0.25), large), {
    shared_buffers: '16MB',
    effective_cache_size: '768MB',
    maintenance_work_mem: '64MB',
    work_mem: '4MB',
    max_connections: '104',
    superuser_reserved_connections: '7',
    max_worker_processes: '12',
  })
  const four = sizeSettings(sizeOf(4), large)
  assert.equal(four.shared_buffers, '256MB')
  assert.equal(four.effective_cache_size, '12288MB')
  assert.equal(four.maintenance_work_mem, '1024MB')
  assert.equal(four.max_worker_processes, '20')
})

test('no size gives more than the machine has', () => {
  const laptop = { memoryMb: 8000, cpus: 4 }
  assert.deepEqual(fittedSize(sizeOf(8, 16), laptop), { memoryMb: 8000, memoryMaxMb: 8000, vcpu: 4 })
  const settings = sizeSettings(sizeOf(8, 16), laptop)
  assert.equal(settings.shared_buffers, '125MB')
  assert.equal(settings.effective_cache_size, '6000MB')
  assert.equal(settings.max_connections, '819')
  assert.equal(settings.max_worker_processes, '20')
  // A most that lies below the least is the least.
  assert.equal(fittedSize({ memoryMb: 2048, memoryMaxMb: 1024, vcpu: 1 }, laptop).memoryMaxMb, 2048)
  const here = machineSize()
  assert.ok(here.memoryMb > 100 && here.cpus >= 1)
})
