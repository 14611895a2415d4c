// Ids as Neon writes them: words that people can say, then digits that keep them apart.

import { randomInt } from 'node:crypto'

const adjectives =
  'aged ancient autumn billowing bitter black blue bold broad broken calm cold cool crimson curly damp dark dawn delicate divine dry empty falling fancy flat floral fragrant frosty gentle green hidden holy icy jolly late lingering little lively long lucky misty morning muddy mute nameless noisy odd old orange patient plain polished proud purple quiet rapid raspy red restless rough round royal shiny shrill shy silent small snowy soft solitary sparkling spring square steep still summer super sweet throbbing tight tiny twilight wandering weathered white wild winter wispy withered yellow young'.split(
    ' ',
  )
const nouns =
  'art band bar base bird block boat bonus bread breeze brook bush butterfly cake cell cherry cloud credit darkness dawn dew disk dream dust feather field fire firefly flower fog forest frog frost glade glitter grass hall hat haze heart hill king lab lake leaf limit math meadow mode moon morning mountain mouse mud night paper pine poetry pond queen rain recipe resonance rice river salad scene sea shadow shape silence sky smoke snow snowflake sound star sun sunset surf term thunder tooth tree truth union unit violet voice water waterfall wave wildflower wind wood'.split(
    ' ',
  )

/** A source of randomness: a whole number from 0 up to, not including, `below`. */
export type RandomInt = (below: number) => number
const secureRandomInt: RandomInt = below => randomInt(below)

function words(random: RandomInt): string {
  return `${adjectives[random(adjectives.length)]}-${nouns[random(nouns.length)]}`
}

function digits(random: RandomInt): string {
  return String(random(100_000_000)).padStart(8, '0')
}

/** `shiny-wind-02883412` */
export const projectId = (random = secureRandomInt): string => `${words(random)}-${digits(random)}`
/** `br-aged-salad-63784512` */
export const branchId = (random = secureRandomInt): string => `br-${words(random)}-${digits(random)}`
/** `ep-cool-darkness-12345678`: also the first label of the endpoint's host name. */
export const endpointId = (random = secureRandomInt): string => `ep-${words(random)}-${digits(random)}`

/** `snap-cool-forest-12345678` */
export const snapshotId = (random = secureRandomInt): string => `snap-${words(random)}-${digits(random)}`

/** `org-morning-bread-81040908` */
export const organizationId = (random = secureRandomInt): string => `org-${words(random)}-${digits(random)}`

const passwordAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789'

function secret(prefix: string, chars: number, random: RandomInt): string {
  const drawn = Array.from({ length: chars }, () => passwordAlphabet[random(passwordAlphabet.length)])
  return `${prefix}_${drawn.join('')}`
}

/** A role's password: 16 characters behind `npg_`, about 94 bits, and nothing a URL would escape. */
export const rolePassword = (random = secureRandomInt): string => secret('npg', 16, random)

/** What a browser that is signed in keeps. */
export const sessionToken = (random = secureRandomInt): string => secret('pls', 48, random)

/** The secret of a link that signs in once. */
export const linkToken = (random = secureRandomInt): string => secret('pll', 32, random)

/** An API key: 48 characters behind `napi_`, the prefix that Neon's tools know. */
export const apiKeyToken = (random = secureRandomInt): string => secret('napi', 48, random)
