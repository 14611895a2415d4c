// What the steps of a connection test are called, and what came of it in one sentence.

import type {
  ConsoleConnectionTest,
  ConsoleConnectionTestStepName,
} from '../../../src/contract/console-connection-test.ts'

export const stepText: Record<ConsoleConnectionTestStepName, string> = {
  resolve: 'The host name leads to this Pilotlight',
  connect: 'The port takes connections',
  tls: 'TLS, with a certificate for that name',
  login: 'The role may log in to the database',
  query: 'A query is answered',
}

export function verdictOf(test: ConsoleConnectionTest): string {
  const failed = test.steps.find(({ step, outcome }) => outcome === 'failed' && step !== 'resolve')
  if (!test.connected) return `It does not connect: failed at “${failed ? stepText[failed.step] : 'a step'}”.`
  const woke = test.woke === true ? ' It was asleep, and has been woken.' : ''
  const byAddress = test.host_resolves
    ? ''
    : ' Programs there need the form with the address: its host name does not resolve.'
  return `It connects, in ${Math.round(test.ms)} ms.${woke}${byAddress}`
}
