// Checks a cluster's pages on a thread of its own: it is all computing, and nobody should wait behind it.

import { parentPort, Worker, workerData } from 'node:worker_threads'
import type { Lsn } from './lsn.ts'
import { checkPages, type PageCheck } from './page-checksums.ts'

interface Job {
  pageCheckOf: string
  repairedFrom: Lsn | null
}

export function checkPagesAside(pgdata: string, repairedFrom: Lsn | null): Promise<PageCheck> {
  return new Promise((resolve, reject) => {
    const job: Job = { pageCheckOf: pgdata, repairedFrom }
    const worker = new Worker(new URL(import.meta.url), { workerData: job })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => reject(new Error(`the page check ended with code ${code}`)))
  })
}

const job = workerData as Job | null
if (parentPort && job?.pageCheckOf !== undefined) {
  parentPort.postMessage(await checkPages(job.pageCheckOf, job.repairedFrom))
}
