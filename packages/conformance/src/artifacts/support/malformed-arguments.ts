import type { PutOptions } from '@harborage/artifacts'
import { malformed } from '../../support/malformed.ts'
import {
  invalidBytes,
  invalidNames,
  invalidPageSizes,
  invalidCallOptions,
} from '../../support/malformed-values.ts'
import { malformedExpiries } from '../../support/expiry-dates.ts'
import { invalidSources } from './non-json.ts'
import type { MethodArguments, StoreMethod } from './store-methods.ts'

const TOO_LONG_NAME = 'x'.repeat(257)
const TOO_LONG_ID = 'x'.repeat(322)

const notTexts: readonly unknown[] = [undefined, null, 7, {}, ['text'], '\ud800', 'a\udc00b']
const invalidOptions: readonly unknown[] = [7, 'options', true, new AbortController().signal]

/** Returns every malformed value of one argument of the method, other than the scope. */
export function malformedArguments({ name, takes }: StoreMethod): Partial<MethodArguments>[] {
  const wrong: Partial<MethodArguments>[] = []
  if (takes.includes('options'))
    wrong.push(...[...invalidCallOptions, ...invalidOptions].map(withOptions))
  if (takes.includes('put')) wrong.push(...malformedPutOptions().map(withOptions))
  if (name === 'list') {
    wrong.push(...invalidPageSizes.map((pageSize) => withOptions({ pageSize })))
  }
  if (takes.includes('id')) {
    wrong.push(...[...invalidNames, TOO_LONG_ID].map((id) => ({ id: malformed<string>(id) })))
  }
  if (takes.includes('data')) {
    wrong.push(...invalidBytes.map((data) => ({ data: malformed<Uint8Array>(data) })))
  }
  if (takes.includes('text')) {
    wrong.push(...notTexts.map((text) => ({ text: malformed<string>(text) })))
  }
  return wrong
}

/** Returns malformed metadata of a new artifact. */
export function malformedPutOptions(): unknown[] {
  const names = [...invalidNames.filter(isGiven), TOO_LONG_NAME]
  return [
    ...names.map((namespace) => ({ namespace })),
    ...names.map((mimeType) => ({ mimeType })),
    ...['text/plain\r\nX-Header: 1', 'text/plain\n', '\ttext', 'text\x7f'].map((mimeType) => ({
      mimeType,
    })),
    ...names.filter((name) => name !== '').map((filename) => ({ filename })),
    ...invalidSources.map(([, source]) => ({ source })),
    ...malformedExpiries.map((expiresAt) => ({ expiresAt })),
  ]
}

function withOptions(options: unknown): Partial<MethodArguments> {
  return { options: malformed<PutOptions>(options) }
}

function isGiven(value: unknown): boolean {
  return value !== undefined
}
