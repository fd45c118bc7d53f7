import { createRequire } from 'node:module'
import { Document, Font, Page, renderToBuffer, StyleSheet, Text, View } from '@react-pdf/renderer'
import { createElement, type ReactElement } from 'react'

/** One part of a page: a heading, and lines or a table below it. */
export interface Part {
  readonly title: string
  readonly lines?: readonly string[]
  readonly table?: { readonly head: readonly string[]; readonly widths: readonly number[]; readonly rows: readonly (readonly string[])[] }
  /** Begins a new sheet. */
  readonly isNew?: boolean
}

export interface Sheet {
  readonly title: string
  readonly lead: readonly string[]
  /** Stands at the foot of every sheet. */
  readonly notice: string
  readonly parts: readonly Part[]
  readonly signature?: string
}

// every sign that clinical text uses (≥, µ, →, Greek) must be there: the fonts that come with PDF lack them and would print another sign
const require = createRequire(import.meta.url)
let isReady = false
function fonts(): void {
  if (isReady) return
  Font.register({
    family: 'Page',
    fonts: [
      { src: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'), fontWeight: 400 },
      { src: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'), fontWeight: 700 },
    ],
  })
  // no word is cut: a drug name in two pieces is another name
  Font.registerHyphenationCallback((word) => [word])
  isReady = true
}

const style = StyleSheet.create({
  page: { fontFamily: 'Page', fontSize: 9, lineHeight: 1.4, paddingTop: 36, paddingBottom: 52, paddingHorizontal: 40, color: '#211e19' },
  title: { fontSize: 15, fontWeight: 700, marginBottom: 4 },
  lead: { color: '#5c564b' },
  part: { marginTop: 10, paddingTop: 6, borderTopWidth: 0.7, borderTopColor: '#b5ad9f' },
  bare: { marginTop: 10 },
  heading: { fontSize: 10.5, fontWeight: 700, marginBottom: 3 },
  line: { marginBottom: 2 },
  row: { flexDirection: 'row', borderBottomWidth: 0.4, borderBottomColor: '#dcd6ca', paddingVertical: 2 },
  head: { fontWeight: 700 },
  cell: { paddingRight: 6 },
  signature: { marginTop: 28 },
  foot: {
    position: 'absolute',
    bottom: 22,
    left: 40,
    right: 40,
    fontSize: 7.5,
    color: '#5c564b',
    flexDirection: 'row',
    justifyContent: 'space-between',
  },
})

const h = createElement

/** The sheets as a PDF, A4. */
export async function pdfOf(sheet: Sheet): Promise<Buffer> {
  fonts()
  return renderToBuffer(
    h(
      Document,
      { title: 'Second Wind', creator: 'second-wind', producer: 'second-wind' },
      h(
        Page,
        { size: 'A4', style: style.page },
        h(Text, { style: style.title }, sheet.title),
        ...sheet.lead.map((line) => h(Text, { key: line, style: style.lead }, line)),
        ...sheet.parts.map((part, i) => partView(part, i)),
        ...(sheet.signature === undefined ? [] : [h(Text, { key: 'signature', style: style.signature }, sheet.signature)]),
        h(
          View,
          { key: 'foot', style: style.foot, fixed: true },
          h(Text, null, sheet.notice),
          h(Text, { render: ({ pageNumber, totalPages }) => `${pageNumber} / ${totalPages}` }),
        ),
      ),
    ),
  )
}

function partView({ title, lines = [], table, isNew = false }: Part, place: number): ReactElement {
  return h(
    View,
    { key: `part-${place}`, style: title === '' ? style.bare : style.part, break: isNew },
    ...(title === '' ? [] : [h(Text, { key: 'heading', style: style.heading, minPresenceAhead: 30 }, title)]),
    ...lines.map((line, i) => h(Text, { key: `line-${i}`, style: style.line }, line)),
    ...(table === undefined
      ? []
      : [table.head, ...table.rows].map((cells, i) =>
          h(
            View,
            { key: `row-${i}`, style: style.row, wrap: false },
            ...cells.map((cell, j) =>
              h(
                Text,
                { key: `cell-${j}`, style: [style.cell, { width: `${table.widths[j] ?? 10}%` }, ...(i === 0 ? [style.head] : [])] },
                cell,
              ),
            ),
          ),
        )),
  )
}
