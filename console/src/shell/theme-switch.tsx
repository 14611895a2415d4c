import { useSyncExternalStore } from 'react'
import { chooseTheme, chosenTheme, onThemeChosen, type Theme } from './theme.ts'

const themes: [Theme, string][] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export function ThemeSwitch() {
  const theme = useSyncExternalStore(onThemeChosen, chosenTheme)
  return (
    <label className="text-sm">
      <span className="sr-only">Theme</span>
      <select
        value={theme}
        onChange={event => chooseTheme(event.target.value as Theme)}
        className="rounded-md border border-line bg-raised px-2 py-1 text-ink"
      >
        {themes.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  )
}
