/** An error and its causes in one line for people: `migrate the catalog: connect: refused`. No stack; the log has it. */
export function errorChain(error: unknown): string {
  const texts: string[] = []
  for (let at = error; at instanceof Error && texts.length < deepest; at = at.cause) texts.push(at.message)
  return texts.length > 0 ? texts.join(': ') : String(error)
}

/** A cause may name itself. */
const deepest = 5
