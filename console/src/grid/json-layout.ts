/**
 * JSON over several lines, letter by letter: numbers stay as they are written, and so do keys that stand there twice, which
 * JSON.parse would change. What Postgres gives as JSON is some; of anything else it makes no sense, and no error.
 */
export function laidOutJson(json: string): string {
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  let depth = 0
  let text = ''
  const newLine = () => `\n${'  '.repeat(depth)}`
  for (const [index, token] of tokens.entries()) {
    const closes = token === '}' || token === ']'
    const opened = tokens[index - 1] === '{' || tokens[index - 1] === '['
    if (closes) depth = Math.max(0, depth - 1)
    if (closes ? !opened : opened) text += newLine()
    text += token === ':' ? ': ' : token
    if (token === ',') text += newLine()
    if (token === '{' || token === '[') depth++
  }
  return text
}
