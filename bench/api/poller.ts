// A process of its own that asks for operations, each ten times a second, until it is told to end: as Terraform does.
// argv: API, key, project, ids. Says how many answers it got, and how many were none.

const [api, key, project, ...ids] = process.argv.slice(2)
let answers = 0
let failures = 0
let going = true
process.on('SIGTERM', () => {
  going = false
})

async function poll(id: string, delayMs: number): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, delayMs))
  while (going) {
    const nextAt = performance.now() + 100
    try {
      const answer = await fetch(`${api}/projects/${project}/operations/${id}`, {
        headers: { authorization: `Bearer ${key}` },
      })
      await answer.arrayBuffer()
      if (answer.ok) answers++
      else failures++
    } catch {
      failures++
    }
    await new Promise(resolve => setTimeout(resolve, Math.max(0, nextAt - performance.now())))
  }
}

const startedAt = performance.now()
await Promise.all(ids.map((id, at) => poll(id, (100 * at) / ids.length)))
console.log(JSON.stringify({ answers, failures, seconds: (performance.now() - startedAt) / 1000 }))
