import { classes } from '../ui/classes.ts'
import { CopyButton } from '../ui/copy-button.tsx'

interface CodeFigureProps {
  /** The file's name; of a command `Terminal`. */
  name: string
  /** What is seen. */
  text: string
  /** What is copied, where that is not what is seen; undefined: there is nothing to copy yet. */
  copied?: (() => string | Promise<string>) | undefined
}

/** Text to take along. */
export function CodeFigure({ name, text, copied }: CodeFigureProps) {
  return (
    <figure className="rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-2 border-line border-b px-3 py-1.5 text-ink-soft text-xs">
        <span className="min-w-0 break-words">{name}</span>
        {copied && (
          <CopyButton
            text={copied}
            label={
              <>
                Copy<span className="sr-only"> {name}</span>
              </>
            }
          />
        )}
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be in the keyboard's reach
        tabIndex={0}
        className={classes(
          'overflow-x-auto p-3 font-mono text-xs leading-relaxed',
          // A line alone, such as a connection string, is seen whole.
          !text.includes('\n') && 'whitespace-pre-wrap break-all',
        )}
      >
        {text}
      </pre>
    </figure>
  )
}
