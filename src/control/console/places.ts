import { PilotlightError } from '../../contract/errors.ts'

/** Sessions of the console's at once. Who has a place has to give it back. */
export class Places {
  readonly #limit: number
  #taken = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Throws console_queries_limit. What it returns gives the place back; a second time it does nothing. */
  take(): () => void {
    if (this.#taken >= this.#limit) throw new PilotlightError('console_queries_limit', { limit: this.#limit })
    this.#taken++
    let isTaken = true
    return () => {
      if (isTaken) this.#taken--
      isTaken = false
    }
  }
}
