/** A position in Postgres's log, as it writes them: `0/1DE2850`. */
export const isLsn = (text: string): boolean => /^[0-9a-f]{1,8}\/[0-9a-f]{1,8}$/i.test(text)
