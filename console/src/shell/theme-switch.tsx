import { useState } from 'react'
import { chooseTheme, chosenTheme, type Theme } from './theme.ts'

const themes: [Theme, string][] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
]

export function ThemeSwitch() {
  const [theme, setTheme] = useState(chosenTheme)
  return (
    <label className="text-sm">
      <span className="sr-only">Theme</span>
      <select
        value={theme}
        onChange={event => {
          const chosen = event.target.value as Theme
          chooseTheme(chosen)
          setTheme(chosen)
        }}
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
