import { hash } from 'node:crypto'
import { MAX_NAME_BYTES } from '@harborage/core/kit'

const KEPT_CHARACTERS = 40

/**
 * Returns a text as a part of an identity: unchanged if it is allowed, else its end and a digest of
 * it.
 */
export function identityText(text: string): string {
  const wellFormed = text.toWellFormed().replaceAll('\0', '')
  const allowed = wellFormed === text && Buffer.byteLength(text) <= MAX_NAME_BYTES
  if (allowed && text !== '') return text
  const end = [...wellFormed].slice(-KEPT_CHARACTERS).join('')
  return `${hash('sha256', text).slice(0, 16)}…${end}`
}
