import { HarborageError } from '@harborage/core'
import { readArguments } from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { decodeJson, encodeJson, refuseLossy } from './json-bytes.ts'

/** A checked definition of a typed slot. */
export interface SlotForm<Schema extends StandardSchemaV1> {
  readonly kind: string
  readonly schema: Schema
  readonly version: number
  readonly migrate?: (value: unknown, fromVersion: number) => unknown
}

/** An encoded value. */
export interface Encoded<Value> {
  readonly bytes: Uint8Array
  /** The value that a load of the bytes returns. */
  readonly value: Value
}

/** Encodes values of a typed slot as JSON and decodes them, and validates them both ways. */
export class SlotCodec<Schema extends StandardSchemaV1> {
  readonly #form: SlotForm<Schema>

  constructor(form: SlotForm<Schema>) {
    this.#form = form
  }

  /**
   * Encodes a value as it is when this is called. Validates what the JSON decodes to, so that every
   * saved value loads again.
   */
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
    throw mismatch(
      (await this.#matches(value))
        ? `the value of ${kind} no longer matches its schema once it is JSON`
        : `the value of ${kind} does not match its schema`,
      result.issues,
    )
  }

  async decode(bytes: Uint8Array, version: number): Promise<StandardSchemaV1.InferOutput<Schema>> {
    const { kind } = this.#form
    const result = await this.#validate(await this.#bringUpToDate(decodeJson(kind, bytes), version))
    if (result.issues === undefined) return result.value
    throw mismatch(`the stored value of ${kind} does not match its schema`, result.issues)
  }

  /**
   * Returns whether a value matches the schema. The value may be hostile: its getters may throw.
   */
  async #matches(value: unknown): Promise<boolean> {
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
        `the value of ${kind} has version ${storedVersion}, and this application knows version ${version}: upgrade the application`,
      )
    }
    if (migrate === undefined) {
      throw new HarborageError(
        'invalid_record',
        `the value of ${kind} has version ${storedVersion}: pass defineSlot a migrate function that converts it to version ${version}`,
      )
    }
    return migrate(stored, storedVersion)
  }
}

/**
 * Keeps the issues of the schema out of the message: they may quote the value and its keys, which
 * are payload.
 */
function mismatch(message: string, issues: readonly StandardSchemaV1.Issue[]): HarborageError {
  return new HarborageError(
    'invalid_record',
    `${message}: its issues are the cause of this error`,
    { cause: issues },
  )
}
