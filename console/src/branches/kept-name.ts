const minuteChars = 16

/** Under which a branch's old state is kept: `main_before_2026-11-25T18-40`, or one that is free. */
export function keptName(name: string, branches: readonly { name: string }[], nowMs: number): string {
  const taken = new Set(branches.map(branch => branch.name))
  const stamp = new Date(nowMs).toISOString().slice(0, minuteChars).replace(':', '-')
  const first = `${name}_before_${stamp}`
  for (let count = 1; ; count++) {
    const candidate = count === 1 ? first : `${first}_${count}`
    if (!taken.has(candidate)) return candidate
  }
}

/** Why the old state cannot be kept so. */
export function keptProblem(
  keepAs: string,
  { isNeeded, branches }: { isNeeded: boolean; branches: { name: string }[] },
): string | undefined {
  if (keepAs === '') return isNeeded ? 'The old state has to be kept under a name' : undefined
  return branches.some(({ name }) => name === keepAs) ? 'Another branch has this name' : undefined
}
