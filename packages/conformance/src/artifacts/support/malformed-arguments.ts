import type { PutOptions } from '@harborage/artifacts'
import { malformed } from '../../support/malformed.ts'
import { notBytes, notNames, notPageSizes, notSignals } from '../../support/malformed-values.ts'
import { notJsonObjects } from './not-json.ts'
import type { MethodArguments, StoreMethod } from './store-methods.ts'

const TOO_LONG_NAME = 'x'.repeat(257)
const TOO_LONG_ID = 'x'.repeat(322)

const notTexts: readonly unknown[] = [undefined, null, 7, {}, ['text'], '\ud800', 'a\udc00b']
const notOptions: readonly unknown[] = [7, 'options', true, new AbortController().signal]

/** Every way in which one argument of the method, other than the scope, can be wrong. */
export function malformedArguments({ name, takes }: StoreMethod): Partial<MethodArguments>[] {
  const wrong: Partial<MethodArguments>[] = []
  if (takes.includes('options')) wrong.push(...[...notSignals, ...notOptions].map(withOptions))
  if (takes.includes('put')) wrong.push(...malformedPutOptions().map(withOptions))
  if (name === 'list') {
    wrong.push(...notPageSizes.map((pageSize) => withOptions({ pageSize })))
  }
  if (takes.includes('id')) {
    wrong.push(...[...notNames, TOO_LONG_ID].map((id) => ({ id: malformed<string>(id) })))
  }
  if (takes.includes('data')) {
    wrong.push(...notBytes.map((data) => ({ data: malformed<Uint8Array>(data) })))
  }
  if (takes.includes('text')) {
    wrong.push(...notTexts.map((text) => ({ text: malformed<string>(text) })))
  }
  return wrong
}

/** What may not be said of a new artifact. */
export function malformedPutOptions(): unknown[] {
  const names = [...notNames.filter(isGiven), TOO_LONG_NAME]
  return [
    ...names.map((namespace) => ({ namespace })),
    ...names.map((mimeType) => ({ mimeType })),
    ...['text/plain\r\nX-Header: 1', 'text/plain\n', '\ttext', 'text\x7f'].map((mimeType) => ({
      mimeType,
    })),
    ...names.filter((name) => name !== '').map((filename) => ({ filename })),
    ...notJsonObjects.map(([, source]) => ({ source })),
  ]
}

function withOptions(options: unknown): Partial<MethodArguments> {
  return { options: malformed<PutOptions>(options) }
}

function isGiven(value: unknown): boolean {
  return value !== undefined
}
