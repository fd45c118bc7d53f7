import fs from 'node:fs'
import path from 'node:path'
import type { Plugin } from 'vite'

const NAME = 'virtual:mantine-styles.css'
/** What every component stands on. */
const BASE = ['global', 'baseline', 'default-css-variables', 'VisuallyHidden', 'UnstyledButton', 'Paper', 'Popover'] as const

/**
 * `import 'virtual:mantine-styles.css'`: the styles of those Mantine components that our pages use, and of what these are made of, in Mantine's own order.
 * All of them would be 35 kB gzipped before the first page; a list by hand would be forgotten.
 */
export function mantineStyles(src: string, mantine: string): Plugin {
  return {
    name: 'mantine-styles',
    enforce: 'pre',
    resolveId: (id) => (id === NAME ? path.join(src, NAME.replace('virtual:', '.')) : undefined),
    load: (id) => {
      if (!id.endsWith(NAME.replace('virtual:', '.'))) return undefined
      const whole = fs.readFileSync(path.join(mantine, 'styles.css'), 'utf8')
      const files = [...new Set([...BASE, ...closure(used(src), mantine)])]
        .map((name) => path.join(mantine, 'styles', `${name}.css`))
        .filter((file) => fs.existsSync(file))
      const parts = files.map((file) => fs.readFileSync(file, 'utf8')).map((css) => ({ css, at: placeIn(whole, css) }))
      return parts
        .sort((a, b) => a.at - b.at)
        .map(({ css }) => css)
        .join('\n')
    },
  }
}

/** Where the styles of a component stand: by their first selector, since the rest of a rule is written otherwise in the whole. What is not found stands last. */
function placeIn(whole: string, css: string): number {
  const at = whole.indexOf(css.trim().slice(0, css.trim().indexOf('{') + 1))
  return at < 0 ? whole.length : at
}

/** Names that our sources take from Mantine. */
function used(src: string): readonly string[] {
  const names = new Set<string>()
  for (const name of fs.readdirSync(src, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name)) continue
    for (const [, list] of fs.readFileSync(path.join(src, name), 'utf8').matchAll(/import\s+\{([^}]*)\}\s+from\s+'@mantine\/core'/g))
      for (const one of list!.split(','))
        names.add(
          one
            .trim()
            .replace(/^type\s+/, '')
            .split(/\s+as\s+/)[0]!,
        )
  }
  return [...names].filter((name) => name !== '')
}

/** These components and all that they import from their siblings. */
function closure(names: readonly string[], mantine: string): readonly string[] {
  const components = path.join(mantine, 'esm/components')
  const found = new Set<string>()
  const waiting = [...names]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const folder = [path.join(components, name), path.join(mantine, 'esm/utils', name)].find((one) => fs.existsSync(one))
    if (found.has(name) || folder === undefined) continue
    found.add(name)
    for (const file of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.mjs')) continue
      const text = fs.readFileSync(path.join(folder, file), 'utf8')
      for (const [, other] of text.matchAll(/from "(?:\.\.\/)+(?:utils\/)?(\w+)\//g)) if (/^[A-Z]/.test(other!)) waiting.push(other!)
    }
  }
  return [...found]
}
