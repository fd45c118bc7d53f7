import fs from 'node:fs'
import path from 'node:path'

/** A folder of knowledge and what messages call it, so that nobody is sent to a line of another folder. */
export interface KnowledgeFolder {
  readonly root: string
  readonly name: string
}

/** The folder that somebody named (`SECONDWIND_KNOWLEDGE`, called as it was typed), else the project's own, called `knowledge`. */
export function folderInUse(named: string | undefined, own: string): KnowledgeFolder {
  if (named === undefined || named === '') return { root: path.resolve(own), name: 'knowledge' }
  return { root: path.resolve(named), name: named.replace(/^\.\//, '').replace(/(?<=.)\/+$/, '') }
}

/** Why a folder cannot be one of knowledge; undefined when it can. A base without facts would answer no question, and without a word. */
export function folderProblem({ root }: KnowledgeFolder): string | undefined {
  const remedy = 'give the folder that holds facts, treatment, sources'
  if (!fs.existsSync(root)) return `${root} is not a folder of knowledge: it does not exist (${remedy})`
  if (!fs.statSync(root).isDirectory()) return `${root} is not a folder of knowledge: it is a file (${remedy})`
  if (!fs.existsSync(path.join(root, 'facts'))) return `${root} is not a folder of knowledge: it has no facts (${remedy})`
  return undefined
}

/** A text with the places of the knowledge as the folder in use is called: `knowledge/facts` becomes `draft/facts`. */
export const calledAs = (text: string, name: string): string =>
  name === 'knowledge' ? text : text.replace(/(?<![\w/.-])knowledge\//g, () => `${name}/`)
