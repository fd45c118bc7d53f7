/** Breaks text at spaces to a width; lines after the first start with `hang`. Words longer than the width stand alone. */
export function wrap(text: string, width: number, hang = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
    const prefix = lines.length > 0 ? hang : ''
    if (line !== '' && prefix.length + line.length + 1 + word.length > width) {
      lines.push(prefix + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push((lines.length > 0 ? hang : '') + line)
  return lines
}

export const indent = (line: string, by: number): string => ' '.repeat(by) + line

export const bullet = (text: string, width: number): string[] => wrap(`- ${text}`, width - 2, '  ').map((line) => indent(line, 2))

export const heading = (title: string, width: number): string => `${title} ${'─'.repeat(Math.max(3, width - title.length - 1))}`
