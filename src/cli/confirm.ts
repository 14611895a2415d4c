import { Option } from 'commander'
import type { Context } from './command.ts'
import { usageError } from './errors.ts'

export type ConfirmOptions = { yes?: boolean }

export const yesFlag = (): Option => new Option('-y, --yes', 'do not ask; needed where nobody can answer')

/** What loses data asks first. `unchanged` says what then stays as it is. Throws usage where the answer is not yes. */
export async function confirm(
  { out }: Context,
  options: ConfirmOptions,
  parts: { question: string; unchanged: string; withYes: string },
): Promise<void> {
  if (options.yes) return
  const answer = await out.ask(`${parts.question} Type yes: `)
  if (answer === undefined) {
    throw usageError(`${parts.unchanged}: there is nobody to ask`, `Add --yes to ${parts.withYes}.`)
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError(parts.unchanged)
}
