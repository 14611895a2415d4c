interface SearchBoxProps {
  /** `Search branches` */
  label: string
  value: string
  onChange: (value: string) => void
}

export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder="Search"
      value={value}
      onChange={event => onChange(event.target.value)}
      className="rounded-md border border-line bg-raised px-2.5 py-1.5 text-sm"
    />
  )
}
