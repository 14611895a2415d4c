import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { useOfProcesses } from './process-use.ts'

interface Planted {
  pid: number
  name: string
  /** utime, stime, cutime, cstime */
  ticks: [number, number, number, number]
  anonKb: number
  sharedKb: number
}

async function plantProcess(proc: string, { pid, name, ticks, anonKb, sharedKb }: Planted): Promise<void> {
  await mkdir(join(proc, String(pid)), { recursive: true })
  const stat = `${pid} (${name}) S 1 ${pid} ${pid} 0 -1 4194560 900 0 0 0 ${ticks.join(' ')} 20 0 1 0 100 1 1\n`
  await writeFile(join(proc, String(pid), 'stat'), stat)
  const status = `Name:\t${name}\nVmRSS:\t  99999 kB\nRssAnon:\t    ${anonKb} kB\nRssFile:\t  500 kB\nRssShmem:\t   ${sharedKb} kB\n`
  await writeFile(join(proc, String(pid), 'status'), status)
}

test('a postmaster and its children: their time adds up, and what they share counts once', async t => {
  const proc = await mkdtemp(join(tmpdir(), 'pilotlight-proc-'))
  t.after(() => rm(proc, { recursive: true, force: true }))
  await plantProcess(proc, { pid: 10, name: 'postgres', ticks: [1, 2, 30, 40], anonKb: 1000, sharedKb: 64 })
  // A name may hold what looks like the end of one.
  await plantProcess(proc, {
    pid: 11,
    name: 'a) S 9 (',
    ticks: [5, 6, 700, 800],
    anonKb: 200,
    sharedKb: 4096,
  })
  await mkdir(join(proc, '10/task/10'), { recursive: true })
  // 12 has ended meanwhile.
  await writeFile(join(proc, '10/task/10/children'), '11 12 ')
  assert.deepEqual(await useOfProcesses(10, proc), {
    cpuMs: (1 + 2 + 30 + 40 + 5 + 6) * 10,
    memoryBytes: (1000 + 200 + 4096) * 1024,
  })
  assert.equal(await useOfProcesses(13, proc), null)
})
