import { isHarborageError } from '@harborage/core'
import type { ReadableContent, UnreadableContent } from '@harborage/state'

/** Resolves to what a function reads, or to why it cannot be read. */
export async function contentOf(
  read: () => Promise<unknown>,
): Promise<ReadableContent | UnreadableContent> {
  try {
    return { isReadable: true, value: await read() }
  } catch (error) {
    return isHarborageError(error, 'schema_too_new') ? NEWER : DAMAGED
  }
}

const NEWER: UnreadableContent = {
  isReadable: false,
  reason: 'newer_format',
  message: 'a newer release of @harborage/openai-agents wrote it: update this one',
}

const DAMAGED: UnreadableContent = {
  isReadable: false,
  reason: 'damaged',
  message:
    'it is not as @harborage/openai-agents writes it: restore it from a backup, or delete it',
}
