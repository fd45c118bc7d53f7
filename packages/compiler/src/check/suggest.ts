/** Names that somebody who wrote `wrong` may have meant, best first; at most three, none when nothing is near. */
export function closest(wrong: string, names: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.min(4, Math.floor(wrong.length / 3)))
  const scored: { readonly name: string; readonly score: number }[] = []
  for (const name of names) {
    if (Math.abs(name.length - wrong.length) <= limit) {
      const score = distance(wrong.toLowerCase(), name.toLowerCase(), limit)
      if (score <= limit) scored.push({ name, score })
    } else if (wrong.length >= 4 && (name.startsWith(`${wrong}-`) || name.endsWith(`-${wrong}`))) scored.push({ name, score: limit })
  }
  return scored
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map((s) => s.name)
}

/** `did you mean x, y?` before a remedy, or the remedy alone. */
export function meant(wrong: string, names: Iterable<string>, remedy: string): string {
  const near = closest(wrong, names)
  return near.length === 0 ? remedy : `did you mean ${near.join(' or ')}? Otherwise: ${remedy}`
}

/** Edits (insert, delete, replace, swap of neighbours) from one word to the other; given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = []
  let last: number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    if (Math.min(...row) > limit) return limit + 1
    before = last
    last = row
  }
  return last[b.length]!
}
