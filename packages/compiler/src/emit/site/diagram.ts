import { type Criterion, criterionText } from '@secondwind/core'
import { sentence } from './criterion.ts'
import type { Cross, Population } from './cross.ts'
import { type Html, html } from './html.ts'
import { standingsOf } from './parts.ts'

/** A question of the tree, and what follows where it holds. */
interface Branch {
  /** What must hold on this branch; empty at the root, whose box says what all share. */
  readonly questions: readonly Criterion[]
  readonly leaves: readonly Leaf[]
  readonly branches: readonly Branch[]
}
interface Leaf {
  readonly id: string
  readonly title: string
  readonly standings: readonly string[]
  /** Not every patient of the option gets that standing: its last row says another. */
  readonly isForSome: boolean
  readonly review: string
  readonly priority: number
  /** What this option asks for beyond the questions above it. */
  readonly more: readonly Criterion[]
}
interface Item {
  readonly leaf: Omit<Leaf, 'more'>
  readonly parts: readonly Criterion[]
}

const COLUMN = 208
const GAP = 30
const CHARS = 30
/** Bold letters are wider. */
const BOLD = 25
const LINE = 16
const PAD = 9

/**
 * How the options of a population are told apart, as a tree from left to right: what they share stands once, at the left; what divides them, further right.
 * Made from the conditions alone: the order of the questions is the one that most options share.
 */
export function decisionDiagram(cross: Cross, population: Population): Html {
  const items = population.options.map((option): Item => {
    const when = option.when
    return {
      leaf: {
        id: option.id,
        title: option.title,
        standings: standingsOf(option).slice(0, 1),
        isForSome: option.standing.at(-1)?.as !== standingsOf(option)[0],
        priority: option.priority,
        review: option.review,
      },
      parts: when.op === 'all' ? when.of : [when],
    }
  })
  const key = (c: Criterion): string => criterionText(c, cross.words)
  const shared = items[0] ? items[0].parts.filter((c) => items.every((i) => i.parts.some((p) => key(p) === key(c)))) : []
  const rest = items.map((i) => ({ ...i, parts: i.parts.filter((p) => !shared.some((s) => key(s) === key(p))) }))
  const tree = branchesOf(rest, key)
  return draw(cross, population, shared, tree)
}

/** Splits off the condition that most options share, again and again; options that share none stand alone. */
function branchesOf(items: readonly Item[], key: (c: Criterion) => string): Branch {
  const leaves: Leaf[] = []
  const branches: Branch[] = []
  let open = items
  for (;;) {
    const counts = new Map<string, { n: number; question: Criterion }>()
    for (const { parts } of open)
      for (const part of parts) counts.set(key(part), { n: (counts.get(key(part))?.n ?? 0) + 1, question: part })
    const [best] = [...counts.values()].filter((c) => c.n > 1).sort((a, b) => b.n - a.n)
    if (!best) break
    const inside = open.filter((i) => i.parts.some((p) => key(p) === key(best.question)))
    open = open.filter((i) => !inside.includes(i))
    // what all of them share beside it stands in the same box
    const questions = [
      best.question,
      ...inside[0]!.parts.filter((p) => key(p) !== key(best.question) && inside.every((i) => i.parts.some((q) => key(q) === key(p)))),
    ]
    const under = inside.map((i) => ({ ...i, parts: i.parts.filter((p) => !questions.some((q) => key(q) === key(p))) }))
    branches.push({ ...branchesOf(under, key), questions })
  }
  for (const { leaf, parts } of open) leaves.push({ ...leaf, more: parts })
  return { questions: [], leaves, branches }
}

interface Box {
  readonly x: number
  readonly y: number
  readonly height: number
  readonly lines: readonly string[]
  readonly kind: 'start' | 'question' | 'option'
  readonly leaf?: Leaf
}

function draw(cross: Cross, population: Population, shared: readonly Criterion[], tree: Branch): Html {
  const boxes: Box[] = []
  const edges: { readonly from: Box; readonly to: Box }[] = []
  let floor = 0
  const text = (c: Criterion): string => sentence(cross, c)

  const place = (lines: readonly string[], kind: Box['kind'], depth: number, y: number, leaf?: Leaf): Box => {
    const chips = leaf ? 20 : 0
    const box = { x: depth * (COLUMN + GAP), y, height: lines.length * LINE + PAD * 2 + chips, lines, kind, ...(leaf ? { leaf } : {}) }
    boxes.push(box)
    return box
  }
  /** Lays the children out from the top, then puts their parent beside the middle of them. */
  const layout = (branch: Branch, depth: number, lines: readonly string[], kind: Box['kind']): Box => {
    const top = floor
    const below = [...branch.branches, ...branch.leaves].sort((a, b) => firstOf(a) - firstOf(b))
    const children = below.map((child) => {
      if ('leaves' in child) return layout(child, depth + 1, questionLines(child.questions.map(text)), 'question')
      const leaf = child
      const more = leaf.more.length > 0 ? wrapped(`if ${leaf.more.map(text).join(' and ')}`, CHARS + 3, 5) : []
      const box = place([...wrapped(leaf.title, BOLD, 3), ...more], 'option', depth + 1, floor, leaf)
      floor += box.height + 12
      return box
    })
    const middle = children.length > 0 ? (children[0]!.y + children.at(-1)!.y + children.at(-1)!.height) / 2 : top
    const height = lines.length * LINE + PAD * 2
    const own = place(lines, kind, depth, Math.max(top, middle - height / 2))
    floor = Math.max(floor, own.y + own.height + 12)
    for (const child of children) edges.push({ from: own, to: child })
    return own
  }
  layout(
    tree,
    0,
    [...wrapped(population.title, BOLD, 3), ...shared.flatMap((c) => wrapped(`• ${text(c)}`, CHARS, 4))].slice(0, 16),
    'start',
  )

  const width = Math.max(...boxes.map((b) => b.x)) + COLUMN + 4
  const height = Math.max(...boxes.map((b) => b.y + b.height)) + 6
  return html`<figure class="diagram"><div class="scroll" tabindex="0" role="region" aria-label="Decision overview, scrolls sideways"><svg viewBox="-2 -4 ${width} ${height + 4}" width="${width}" height="${height + 4}" role="group" aria-label="How the options for ${population.title} are told apart">
${edges.map(({ from, to }) => html`<path class="edge" d="${curve(from, to)}"/>`)}
${boxes.map((box) => boxMarkup(box, wrapped(population.title, BOLD, 3).length))}
</svg></div><figcaption>Read from the left: the box at the left is what all options here share, then what divides them. Every option is a link. Safety rules, which may bar any of them, stand on the option's page.</figcaption></figure>`
}

/** One condition as it is, several each with a dot. */
const questionLines = (list: readonly string[]): readonly string[] =>
  list.length === 1 ? wrapped(list[0]!, CHARS, 5) : list.flatMap((q) => wrapped(`• ${q}`, CHARS, 4))

/** The priority of the first option below. */
const firstOf = (node: Branch | Leaf): number =>
  'leaves' in node ? Math.min(...[...node.branches, ...node.leaves].map(firstOf)) : node.priority

function curve(from: Box, to: Box): string {
  const [x1, y1, x2, y2] = [from.x + COLUMN, from.y + from.height / 2, to.x, to.y + to.height / 2]
  const bend = (x1 + x2) / 2
  return `M${x1} ${y1.toFixed(1)} C${bend} ${y1.toFixed(1)} ${bend} ${y2.toFixed(1)} ${x2} ${y2.toFixed(1)}`
}

function boxMarkup({ x, y, height, lines, kind, leaf }: Box, head: number): Html {
  const titled = leaf ? wrapped(leaf.title, BOLD, 3).length : kind === 'start' ? head : 0
  const rows = lines.map(
    (line, i) =>
      html`<text x="${x + 11}" y="${(y + PAD + 12 + i * LINE).toFixed(1)}" class="${i < titled ? 'strong' : leaf ? 'small' : ''}">${line}</text>`,
  )
  const chips = leaf?.standings.slice(0, 1).map((standing) => {
    const label = leaf.isForSome ? `${standing} for some` : standing
    const w = 8 + label.length * 7.4
    const top = y + height - 23
    return html`<rect class="chip ${standing}" x="${(x + 11).toFixed(1)}" y="${top.toFixed(1)}" width="${w.toFixed(1)}" height="16" rx="8"/><text class="chiptext" x="${(x + 11 + w / 2).toFixed(1)}" y="${(top + 11.5).toFixed(1)}" text-anchor="middle">${label}</text>`
  })
  const shape = html`<rect class="box ${kind}${leaf?.review === 'unconfirmed' ? ' open' : ''}" x="${x}" y="${y.toFixed(1)}" width="${COLUMN}" height="${height.toFixed(1)}" rx="${kind === 'option' ? 6 : 14}"/>${rows}${chips ?? ''}`
  return leaf ? html`<a href="../option/${leaf.id}.html">${shape}</a>` : shape
}

/** Text in lines of about `width` letters; what is longer than `most` lines ends in an ellipsis, and the option's page says it whole. */
function wrapped(text: string, width: number, most: number): string[] {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]} …`]
}
