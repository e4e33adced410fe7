import { HarborageError, isHarborageError } from '@harborage/core'
import { describeType, readArguments } from '@harborage/core/kit'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { decodeJson, encodeJson, isFiniteThroughout, refuseLossy } from './json-bytes.ts'
import { ask, readAnswer, type Caller } from './user-code.ts'

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
   *
   * @param caller The call that waits for the schema. Default: none.
   */
  async encode(
    value: StandardSchemaV1.InferInput<Schema>,
    caller?: Caller,
  ): Promise<Encoded<StandardSchemaV1.InferOutput<Schema>>> {
    const { kind } = this.#form
    const bytes = encodeJson(kind, value)
    const decoded = decodeJson(kind, bytes)
    // Before the schema gets it, which may change it.
    const hasFiniteNumbers = readArguments(() => isFiniteThroughout(decoded))
    const result = await this.#validate(decoded, caller)
    if (result.issues === undefined) {
      readArguments(() => refuseLossy(kind, value, hasFiniteNumbers))
      return { bytes, value: result.value }
    }
    throw mismatch(
      (await this.#matches(value, caller))
        ? `the value of ${kind} no longer matches its schema once it is JSON`
        : `the value of ${kind} does not match its schema`,
      result.issues,
    )
  }

  /** @param caller The call that waits for the schema and `migrate`. Default: none. */
  async decode(
    bytes: Uint8Array,
    version: number,
    caller?: Caller,
  ): Promise<StandardSchemaV1.InferOutput<Schema>> {
    const { kind } = this.#form
    const stored = decodeJson(kind, bytes)
    const isCurrent = version === this.#form.version
    const current = isCurrent ? stored : await this.#migrate(stored, version, caller)
    const result = await this.#validate(current, caller)
    if (result.issues === undefined) return result.value
    throw mismatch(`the stored value of ${kind} does not match its schema`, result.issues)
  }

  /**
   * Returns whether a value matches the schema. The value may be hostile: its getters may throw.
   */
  async #matches(value: unknown, caller: Caller | undefined): Promise<boolean> {
    try {
      return (await this.#validate(value, caller)).issues === undefined
    } catch (error) {
      if (isHarborageError(error, 'invalid_record')) return false
      throw error
    }
  }

  /** Calls the schema, and reads its result, whose getters may throw. */
  async #validate(
    value: unknown,
    caller: Caller | undefined,
  ): Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<Schema>>> {
    const { kind, schema } = this.#form
    const name = `the schema of ${kind}`
    const result = await ask(name, () => schema['~standard'].validate(value), caller)
    const given: unknown = result
    if (typeof given !== 'object' || given === null) {
      throw new HarborageError(
        'invalid_record',
        `${name} returned ${describeType(given)}: its validate has to return { value } or { issues }`,
      )
    }
    return readAnswer(name, () =>
      result.issues === undefined ? { value: result.value } : { issues: result.issues },
    )
  }

  async #migrate(
    stored: unknown,
    storedVersion: number,
    caller: Caller | undefined,
  ): Promise<unknown> {
    const { kind, version, migrate } = this.#form
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
    return ask(`migrate of ${kind}`, () => migrate(stored, storedVersion), caller)
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
