// What a benchmark has set up is taken down at its end, also when it is interrupted: servers and mounts outlive a process.

type Undo = () => void | Promise<void>

const undos: Undo[] = []
let isInterrupted = false

/** To be awaited where a failure would be told: after an interruption everything fails, and the process is about to end. */
export async function unlessInterrupted(): Promise<void> {
  if (isInterrupted) await new Promise(() => {})
}

/** Done at the end, the last one first. What comes back does it now instead. */
export function atEnd(undo: Undo): () => Promise<void> {
  undos.push(undo)
  return async () => {
    await unlessInterrupted()
    const at = undos.lastIndexOf(undo)
    if (at < 0) return
    undos.splice(at, 1)
    await undo()
  }
}

/** Runs the benchmark, and cleans up behind it, a Ctrl-C included. */
export async function cleanly(work: () => Promise<void>): Promise<void> {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.on(signal, () => {
      if (isInterrupted) return
      isInterrupted = true
      console.log(`\n${signal}: cleaning up`)
      // What is under way fails now, because its servers go; that is no news.
      process.on('unhandledRejection', () => {})
      process.on('uncaughtException', () => {})
      void cleanUp().then(() => process.exit(code))
    })
  }
  try {
    await work()
  } finally {
    await unlessInterrupted()
    await cleanUp()
  }
}

async function cleanUp(): Promise<void> {
  for (let undo = undos.pop(); undo; undo = undos.pop()) {
    try {
      await undo()
    } catch (error) {
      console.error(`clean-up failed: ${(error as Error).stack}`)
    }
  }
}
