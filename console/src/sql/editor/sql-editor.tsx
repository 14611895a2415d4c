// CodeMirror, set up for Postgres. A chunk of its own: nothing else of the console needs it.

import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
} from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { lintKeymap, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension, Prec } from '@codemirror/state'
import {
  drawSelection,
  EditorView,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view'
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react'
import type { SchemaNames } from '../schema-names.ts'
import { completionSources } from './completion.ts'
import { dialect } from './dialect.ts'
import { statementMark } from './statement-mark.ts'
import { theme } from './theme.ts'

export interface TextMark {
  from: number
  to: number
  message: string
}

export interface SqlEditorHandle {
  /** All of it, and what of it is selected: the cursor is where both are the same. */
  read(): { text: string; from: number; to: number }
  mark(marks: TextMark[]): void
  moveTo(offset: number): void
  /** At the end, on lines of its own, and selected; the way back is Undo. */
  append(text: string): void
}

interface SqlEditorProps {
  ref: Ref<SqlEditorHandle>
  initialText: string
  names: SchemaNames | undefined
  onChange: (text: string) => void
  onFocus: () => void
  onRun: () => void
  onRunAll: () => void
  /** Whether there was something to cancel. */
  onEscape: () => boolean
}

export default function SqlEditor({ ref, initialText, names, ...events }: SqlEditorProps) {
  const element = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const text = useRef(initialText)
  const completion = useRef(new Compartment())
  // The view is made once, and calls what is there now: of the place that the page shows, at the same moment.
  const current = useRef(events)
  useLayoutEffect(() => {
    current.current = events
  })

  useEffect(() => {
    const { current: parent } = element
    if (!parent) return
    const made = new EditorView({
      parent,
      state: EditorState.create({
        doc: text.current,
        extensions: [extensions(current), completion.current.of(completionOf(undefined))],
      }),
    })
    view.current = made
    return () => {
      text.current = made.state.doc.toString()
      made.destroy()
    }
  }, [])

  useEffect(() => {
    view.current?.dispatch({ effects: completion.current.reconfigure(completionOf(names)) })
  }, [names])

  useImperativeHandle(ref, () => handleOf(() => view.current))
  return (
    <div
      ref={element}
      className="h-[28dvh] min-h-36 resize-y overflow-hidden rounded-lg border border-line bg-raised outline-flame focus-within:outline-2"
    />
  )
}

type Events = Pick<SqlEditorProps, 'onChange' | 'onFocus' | 'onRun' | 'onRunAll' | 'onEscape'>

function extensions(events: { current: Events }): Extension {
  const run = (which: 'onRun' | 'onRunAll') => (view: EditorView) => {
    closeCompletion(view)
    events.current[which]()
    return true
  }
  return [
    Prec.highest(
      keymap.of([
        { key: 'Mod-Enter', run: run('onRun') },
        { key: 'Shift-Mod-Enter', run: run('onRunAll') },
        { key: 'Tab', run: acceptCompletion },
        // What is offered is closed first.
        { key: 'Escape', run: ({ state }) => completionStatus(state) === null && events.current.onEscape() },
      ]),
    ),
    ...[lineNumbers(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput()],
    ...[
      bracketMatching(),
      closeBrackets(),
      highlightSelectionMatches(),
      search({ top: true }),
      statementMark,
    ],
    autocompletion({ icons: false }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
    ]),
    EditorView.lineWrapping,
    placeholder('select now();'),
    EditorView.contentAttributes.of({ 'aria-label': 'SQL', spellcheck: 'false', autocapitalize: 'off' }),
    EditorView.updateListener.of(update => {
      if (update.docChanged) events.current.onChange(update.state.doc.toString())
      if (update.focusChanged && update.view.hasFocus) events.current.onFocus()
    }),
    theme,
  ]
}

function completionOf(names: SchemaNames | undefined): Extension {
  const { language } = dialect
  return [language, ...completionSources(names).map(autocomplete => language.data.of({ autocomplete }))]
}

function handleOf(view: () => EditorView | undefined): SqlEditorHandle {
  return {
    read() {
      const state = view()?.state
      if (!state) return { text: '', from: 0, to: 0 }
      const { from, to } = state.selection.main
      return { text: state.doc.toString(), from, to }
    },
    mark(marks) {
      const now = view()
      if (!now) return
      const inside = (offset: number) => Math.min(offset, now.state.doc.length)
      const diagnostics = marks.map(({ from, to, message }) => ({
        ...{ from: inside(from), to: inside(to), message, severity: 'error' as const },
      }))
      now.dispatch(setDiagnostics(now.state, diagnostics))
    },
    moveTo(offset) {
      const now = view()
      now?.dispatch({ selection: { anchor: Math.min(offset, now.state.doc.length) }, scrollIntoView: true })
      now?.focus()
    },
    append(text) {
      const now = view()
      if (!now) return
      const { length } = now.state.doc
      const before = now.state.doc.toString().trim() === '' ? '' : '\n\n'
      now.dispatch({
        changes: { from: before === '' ? 0 : length, to: length, insert: before + text },
        selection: {
          anchor: (before === '' ? 0 : length) + before.length,
          head: (before === '' ? 0 : length) + before.length + text.length,
        },
        scrollIntoView: true,
      })
      now.focus()
    },
  }
}
