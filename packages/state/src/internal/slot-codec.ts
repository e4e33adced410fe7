import { HarborageError } from '@harborage/core'
import { readArguments } from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { decodeJson, encodeJson, refuseLossy } from './json-bytes.ts'

/** How the values of a typed slot are kept. */
export interface SlotForm<Schema extends StandardSchemaV1> {
  readonly kind: string
  readonly schema: Schema
  readonly version: number
  readonly migrate?: (value: unknown, fromVersion: number) => unknown
}

/** A value on its way into a slot: its bytes, and what they will be when they are loaded. */
export interface Encoded<Value> {
  readonly bytes: Uint8Array
  readonly value: Value
}

/** Turns the values of a typed slot into bytes and back, checked by its schema both ways. */
export class SlotCodec<Schema extends StandardSchemaV1> {
  readonly #form: SlotForm<Schema>

  constructor(form: SlotForm<Schema>) {
    this.#form = form
  }

  /** Encodes a value, as it is when this is called. What was saved has to load again, so the schema judges the JSON. */
  async encode(
    value: StandardSchemaV1.InferInput<Schema>,
  ): Promise<Encoded<StandardSchemaV1.InferOutput<Schema>>> {
    const { kind } = this.#form
    const bytes = encodeJson(kind, value)
    const result = await this.#validate(decodeJson(kind, bytes))
    if (result.issues === undefined) {
      readArguments(() => refuseLossy(kind, value))
      return { bytes, value: result.value }
    }
    throw misfit(
      (await this.#fits(value))
        ? `the value of ${kind} no longer fits its schema once it is JSON`
        : `the value of ${kind} does not fit its schema`,
      result.issues,
    )
  }

  async decode(bytes: Uint8Array, version: number): Promise<StandardSchemaV1.InferOutput<Schema>> {
    const { kind } = this.#form
    const result = await this.#validate(await this.#bringUpToDate(decodeJson(kind, bytes), version))
    if (result.issues === undefined) return result.value
    throw misfit(`what is stored under ${kind} does not fit its schema`, result.issues)
  }

  /** Whether the schema takes a value, of which nothing is known: it may throw at every look. */
  async #fits(value: unknown): Promise<boolean> {
    try {
      return (await this.#validate(value)).issues === undefined
    } catch {
      return false
    }
  }

  async #validate(
    value: unknown,
  ): Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>>> {
    return this.#form.schema['~standard'].validate(value)
  }

  #bringUpToDate(stored: unknown, storedVersion: number): unknown {
    const { kind, version, migrate } = this.#form
    if (storedVersion === version) return stored
    if (storedVersion > version) {
      throw new HarborageError(
        'invalid_record',
        `${kind} was saved in version ${storedVersion}, and this application knows ${version}: upgrade it`,
      )
    }
    if (migrate === undefined) {
      throw new HarborageError(
        'invalid_record',
        `${kind} was saved in version ${storedVersion}: give defineSlot a migrate function that leads to ${version}`,
      )
    }
    return migrate(stored, storedVersion)
  }
}

/** The messages of a schema may quote the value, and a place in it may be named by a key of it: both are payload. */
function misfit(message: string, issues: readonly StandardSchemaV1.Issue[]): HarborageError {
  return new HarborageError(
    'invalid_record',
    `${message}: its issues are the cause of this error`,
    { cause: issues },
  )
}
