// A bar beside the lines of the statement that the cursor is in: what Run will run.

import { type EditorState, RangeSetBuilder } from '@codemirror/state'
import { Decoration, type DecorationSet, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import { splitStatements, statementAt } from '../split-statements.ts'

const line = Decoration.line({ class: 'cm-statement-at-cursor' })
/** Where it takes longer to cut the text than to type a letter, the bar is not worth it. */
const markedChars = 200_000

export const statementMark = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet

    constructor({ state }: { state: EditorState }) {
      this.decorations = marksOf(state)
    }

    update({ state, docChanged, selectionSet }: ViewUpdate): void {
      if (docChanged || selectionSet) this.decorations = marksOf(state)
    }
  },
  { decorations: plugin => plugin.decorations },
)

function marksOf({ doc, selection }: EditorState): DecorationSet {
  const marks = new RangeSetBuilder<Decoration>()
  // What is selected is run as it is.
  if (!selection.main.empty || doc.length > markedChars) return marks.finish()
  const text = doc.toString()
  const statements = splitStatements(text)
  const statement = statementAt(text, statements, selection.main.head)
  // With one alone there is nothing to tell apart.
  if (!statement || statements.length < 2) return marks.finish()
  const first = doc.lineAt(statement.from).number
  const last = doc.lineAt(statement.to).number
  for (let number = first; number <= last; number++) {
    const { from } = doc.line(number)
    marks.add(from, from, line)
  }
  return marks.finish()
}
