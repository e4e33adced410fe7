import { createHash } from 'node:crypto'
import { isDigest } from '@harborage/core/adapter'

/** What the kinds of all items begin with. */
const ROOT = 'lgs/'

/** The largest size of a kind, in UTF-8 bytes, as the state store has it. */
const MAX_KIND_BYTES = 1024

/**
 * The largest size of the labels that a kind spells out, in UTF-8 bytes. It leaves room for a key.
 */
const MAX_PATH_BYTES = 512

/** What begins the key in a kind. No label begins with it. */
const KEY_MARK = '!'

/** The character after {@link KEY_MARK}: no key of a namespace sorts after it. */
const AFTER_KEY_MARK = '"'

/** The character after the slash: no label that begins with the same characters sorts after it. */
const AFTER_SLASH = '0'

/** What a hash of labels begins with. */
const LABELS_HASH = '%t'

/** What a hash of a key begins with. */
const KEY_HASH = '%h'

/** The name of an item. */
export interface ItemName {
  readonly namespace: readonly string[]
  readonly key: string
}

/** What a kind says of the name of its item. */
export interface SpelledName {
  /** The namespace; `undefined` if it is too long, so that some of its labels are hashed. */
  readonly namespace: readonly string[] | undefined
  /** The key; `undefined` if it is too long and therefore hashed. */
  readonly key: string | undefined
}

/** A part of the kinds of an owner. */
export interface KindRange {
  /** What the kinds begin with. */
  readonly prefix: string
  /** Whether all items of the range are in the namespace or below it. Else their payloads tell. */
  readonly isExact: boolean
}

/**
 * Returns the kind of the slot that holds an item, such as `lgs/users/ann/!profile`: each label of
 * the namespace with a slash, then the key. Labels that do not fit are replaced by one hash of
 * them, and so is a key.
 */
export function kindOf({ namespace, key }: ItemName): string {
  const { path, hidden } = pathOf(namespace)
  const folder = hidden.length === 0 ? path : `${path}${LABELS_HASH}${hashOf(hidden)}/`
  const kind = `${folder}${KEY_MARK}${escapeText(key)}`
  if (Buffer.byteLength(kind) <= MAX_KIND_BYTES) return kind
  return `${folder}${KEY_MARK}${KEY_HASH}${hashOf([key])}`
}

/** Returns the range of the kinds of all items in a namespace and below it. `[]` stands for all. */
export function rangeBelow(namespace: readonly string[]): KindRange {
  const { path, hidden } = pathOf(namespace)
  if (hidden.length === 0) return { prefix: path, isExact: true }
  return { prefix: path + LABELS_HASH, isExact: false }
}

/** Returns the part of a kind that its whole namespace has in common. */
export function folderOf(kind: string): string {
  return kind.slice(0, kind.indexOf(`/${KEY_MARK}`) + 1)
}

/** Returns the first kind that may follow those of all items of a folder. */
export function afterFolder(folder: string): string {
  return folder + AFTER_KEY_MARK
}

/**
 * Returns the first kind that may follow those of all items in the first labels of a folder and
 * below them. If the folder spells out fewer labels, only its own items are passed over.
 */
export function afterLabels(folder: string, count: number): string {
  const labels = labelsOf(folder).filter((label) => !label.startsWith(LABELS_HASH))
  if (labels.length < count) return afterFolder(folder)
  return `${ROOT}${labels.slice(0, count).join('/')}${AFTER_SLASH}`
}

/** Returns what a kind says of the name of its item. */
export function spelledName(kind: string): SpelledName {
  const folder = folderOf(kind)
  const labels = labelsOf(folder)
  const key = kind.slice(folder.length + KEY_MARK.length)
  return {
    namespace: labels.at(-1)?.startsWith(LABELS_HASH) ? undefined : labels.map(unescapeText),
    key: key.startsWith(KEY_HASH) ? undefined : unescapeText(key),
  }
}

/** Returns what a kind says of the name of its item, or `undefined` if no item has this kind. */
export function parseItemKind(kind: string): SpelledName | undefined {
  if (!kind.startsWith(ROOT)) return undefined
  const folder = folderOf(kind)
  const labels = labelsOf(folder)
  const hidden = labels.at(-1)?.startsWith(LABELS_HASH) === true ? labels.at(-1) : undefined
  const shown = hidden === undefined ? labels : labels.slice(0, -1)
  const key = kind.slice(folder.length + KEY_MARK.length)
  const isKind =
    folder.length > ROOT.length &&
    shown.every((label) => label !== '' && escapeLabel(unescapeText(label)) === label) &&
    (hidden === undefined || isDigest(hidden, LABELS_HASH)) &&
    (escapeText(unescapeText(key)) === key || isDigest(key, KEY_HASH))
  return isKind ? spelledName(kind) : undefined
}

/** Returns the labels that fit into a kind, each with a slash, and those that do not. */
function pathOf(namespace: readonly string[]): {
  readonly path: string
  readonly hidden: readonly string[]
} {
  let path = ROOT
  for (const [index, label] of namespace.entries()) {
    const longer = `${path}${escapeLabel(label)}/`
    if (Buffer.byteLength(longer) > MAX_PATH_BYTES) return { path, hidden: namespace.slice(index) }
    path = longer
  }
  return { path, hidden: [] }
}

/** Returns the labels of a folder as they are spelled. */
function labelsOf(folder: string): readonly string[] {
  return folder.slice(ROOT.length, -1).split('/')
}

/** Returns a hash of texts in 43 characters. JSON writes lone surrogates apart from each other. */
function hashOf(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url')
}

/** Escapes a label. It does not begin with what begins a key, or with what sorts before that. */
function escapeLabel(label: string): string {
  return escapeText(label).replaceAll('/', '%2f').replace(/^[ !]/, percentOf)
}

/** Escapes control characters, lone surrogates and the sign of an escape. */
function escapeText(text: string): string {
  return text.replace(/[%\p{Cc}\p{Cs}]/gu, percentOf)
}

function percentOf(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x80 ? `%${hex(code, 2)}` : `%u${hex(code, 4)}`
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0')
}

function unescapeText(text: string): string {
  return text.replace(/%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/g, (_, unit?: string, byte?: string) =>
    String.fromCharCode(Number.parseInt(unit ?? byte ?? '', 16)),
  )
}
