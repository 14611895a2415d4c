/** A role that is made or changed: Postgres keeps the statement's text as it was sent, password and all. */
export function mayHoldPassword(statement: string): boolean {
  return (
    /\bpassword\b/i.test(statement) &&
    /\b(create|alter)\s+(role|user|group|subscription|server)\b/i.test(statement)
  )
}
