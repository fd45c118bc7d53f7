/* The whole script of the site: search over the prebuilt index, and lists that narrow while one types. Without it every page still reads. */
'use strict'

/**
 * The lines of the index that hold every word of the query, best first: an id or a title that is the query, then titles that begin with it,
 * then titles that hold it, then the other words. Equal hits keep the order of the index.
 */
function searchHits(index, query, most) {
  const exact = exactHits(index, query, most)
  if (exact.length > 0) return exact
  const likely = likelyQuery(index, query)
  return likely === undefined ? [] : exactHits(index, likely, most)
}

/** The query with each word that stands nowhere replaced by the nearest one that does: one letter wrong, two in a long word. Undefined: none is near. */
function likelyQuery(index, query) {
  const words = new Set(index.flatMap((line) => `${line[2]} ${line[3]}`.toLowerCase().split(/[^a-z0-9]+/)))
  let isChanged = false
  const likely = query.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean).map((word) => {
    if ([...words].some((w) => w.includes(word))) return word
    const limit = word.length < 4 ? 0 : word.length < 7 ? 1 : 2
    let best
    for (const w of words) {
      const d = Math.abs(w.length - word.length) > limit ? limit + 1 : edits(word, w)
      if (d <= limit && (best === undefined || d < best.d)) best = { w, d }
    }
    isChanged = isChanged || best !== undefined
    return best === undefined ? word : best.w
  })
  return isChanged ? likely.join(' ') : undefined
}

/** Letters to insert, delete, replace or swap to make one word of the other. */
function edits(a, b) {
  let before = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2] + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]
}

/** The lines that hold every word as it was typed. */
function exactHits(index, query, most) {
  const plain = (text) => text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '')
  const whole = plain(query).trim().replace(/\s+/g, ' ')
  const words = whole.split(/[\s,;:]+/).filter(Boolean)
  if (words.length === 0) return []
  const hits = []
  index.forEach((line, order) => {
    const title = plain(line[2])
    const more = plain(line[3])
    const own = line[1].slice(line[1].indexOf('/') + 1, -5)
    let score = 0
    for (const word of words) {
      const start = new RegExp(`(^|[^a-z0-9])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`)
      if (start.test(title)) score += 6
      else if (start.test(more)) score += 3
      else if (title.includes(word) || more.includes(word)) score += 1
      else return
    }
    // a brand name leads to its drug
    if (line[0] === 'drug' && more.split(/\s+/).includes(whole)) score += 20
    if (own === whole || own === whole.split(':')[0] || title === whole) score += 100
    else if (title.startsWith(whole)) score += 8
    else if (title.includes(whole)) score += 4
    hits.push({ line, score, order })
  })
  hits.sort((a, b) => b.score - a.score || a.order - b.order)
  return hits.slice(0, most).map((hit) => hit.line)
}

if (typeof document !== 'undefined') {
  const root = document.body.dataset.root || ''
  const box = document.getElementById('q')
  const found = document.getElementById('found')
  let loading

  const load = (then) => {
    if (window.SECOND_WIND_SEARCH) return then()
    loading = loading || new Promise((done) => {
      const script = document.createElement('script')
      script.src = `${root}search-index.js`
      script.onload = done
      document.head.append(script)
    })
    loading.then(then)
  }

  const linkOf = ([kind, path, title]) => {
    const a = document.createElement('a')
    a.href = root + path
    a.textContent = title
    const small = document.createElement('small')
    small.textContent = `${kind} · ${path.slice(path.indexOf('/') + 1, -5)}`
    a.append(small)
    return a
  }

  const show = () => {
    load(() => {
      const query = box.value.trim()
      const hits = searchHits(window.SECOND_WIND_SEARCH, query, 12)
      found.replaceChildren(...hits.map(linkOf))
      if (query !== '' && hits.length === 0) {
        const none = document.createElement('p')
        none.textContent = 'Nothing is called that. Try a drug, a gene, an option id or the name of a trial.'
        found.append(none)
      }
      found.hidden = query === ''
    })
  }

  if (box && found) {
    box.addEventListener('focus', () => load(() => {}))
    box.addEventListener('input', show)
    box.form.addEventListener('submit', (event) => {
      const here = found.querySelector('a.here') || found.querySelector('a')
      if (here && !found.hidden) {
        event.preventDefault()
        location.href = here.href
      }
    })
    box.addEventListener('keydown', (event) => {
      const links = [...found.querySelectorAll('a')]
      const at = links.findIndex((a) => a.classList.contains('here'))
      if (event.key === 'Escape') {
        found.hidden = true
      }
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
      event.preventDefault()
      links[at]?.classList.remove('here')
      const next = links[(at + (event.key === 'ArrowDown' ? 1 : links.length - 1) + links.length) % links.length]
      next?.classList.add('here')
      next?.scrollIntoView({ block: 'nearest' })
    })
    document.addEventListener('click', (event) => {
      if (!event.target.closest('.search')) found.hidden = true
    })
    document.addEventListener('keydown', (event) => {
      if (event.key === '/' && !/^(input|textarea)$/i.test(document.activeElement.tagName)) {
        event.preventDefault()
        box.focus()
      }
    })
  }

  const results = document.querySelector('[data-results]')
  const asked = new URLSearchParams(location.search).get('q')
  if (results && asked) {
    box.value = asked
    load(() => results.replaceChildren(...searchHits(window.SECOND_WIND_SEARCH, asked, 100).map(linkOf)))
  }

  for (const input of document.querySelectorAll('[data-filter]')) {
    const rows = [...document.querySelectorAll(`#${input.dataset.filter} tbody tr`)]
    const count = input.closest('.filter').querySelector('[data-count]')
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
      let n = 0
      for (const row of rows) {
        const text = row.textContent.toLowerCase()
        row.hidden = !words.every((word) => text.includes(word))
        if (!row.hidden) n++
      }
      count.textContent = n
    })
  }
}
