/** What something is, beside its name: `default`, `protected`. */
export function Label({ text }: { text: string }) {
  return (
    <span className="whitespace-nowrap rounded-full border border-line px-2 py-0.5 text-ink-soft text-xs">
      {text}
    </span>
  )
}
