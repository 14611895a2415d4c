/**
 * Puts text on the clipboard. A text that has yet to come is handed over as a promise: some browsers allow nothing once
 * the click is over. Throws where the browser refuses: it gives the clipboard to secure pages only.
 */
export async function copyText(text: string | Promise<string>): Promise<void> {
  if (typeof text === 'string') return await navigator.clipboard.writeText(text)
  if (typeof ClipboardItem === 'undefined') return await navigator.clipboard.writeText(await text)
  const blob = text.then(value => new Blob([value], { type: 'text/plain' }))
  await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
}
