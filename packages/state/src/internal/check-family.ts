import { checkRequiredName, checkSignal, MAX_KIND_BYTES } from '@harborage/core/kit'
import type { StateListOptions } from '../list-options.ts'
import { listNames } from './check-list.ts'

/** The first of all keys in the order of their bytes: no key is empty or has a NUL. */
const FIRST_KEY = '\u0001'

/** Checks the prefix of a family, after which a key has to fit into a kind. */
export function checkPrefix(prefix: unknown): string {
  return checkRequiredName('prefix', prefix, 'invalid_record', MAX_KIND_BYTES - 1)
}

/** Checks a key of a family, and returns the kind of its slot. */
export function kindOfKey(field: string, prefix: string, key: unknown): string {
  const bytes = Buffer.byteLength(prefix)
  const described = `${field}, which follows a prefix of ${bytes} bytes,`
  return prefix + checkRequiredName(described, key, 'invalid_record', MAX_KIND_BYTES - bytes)
}

/**
 * Checks the options of a list of a family. Returns those of a list of the store, whose bounds are
 * kinds. They leave out a slot whose kind is the prefix alone, which is no member.
 */
export function checkMembers(
  prefix: string,
  options: StateListOptions | undefined,
): StateListOptions {
  const signal = checkSignal(options, listNames)
  const { pageSize, order, limit, from = FIRST_KEY, to } = options ?? {}
  return {
    ...(signal !== undefined && { signal }),
    ...(pageSize !== undefined && { pageSize }),
    ...(order !== undefined && { order }),
    ...(limit !== undefined && { limit }),
    from: kindOfKey('options.from', prefix, from),
    ...(to !== undefined && { to: kindOfKey('options.to', prefix, to) }),
  }
}
