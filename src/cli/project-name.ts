import { plain } from './format.ts'

/** Its name, and its id where that is another. */
export function shownProject({ id, name }: { id: string; name: string }): string {
  return name === id ? id : `${plain(name)} (${id})`
}
