import type { CallOptions, Part } from '@harborage/core'
import { type CallGate, checkOptionNames, makePart } from '@harborage/core/kit'
import type { ArtifactDriver, NewArtifact } from './artifact-driver.ts'
import type { ArtifactRef, ArtifactScope, PutOptions } from './artifact.ts'
import {
  BINARY,
  captureData,
  captureText,
  checkDescription,
  checkScope,
  preparedPutNames,
  TEXT,
} from './internal/check-artifact.ts'
import { newArtifact } from './internal/new-artifact.ts'
import { readRefAnswer, withOwner } from './internal/owned-refs.ts'

/** Options of the methods of {@link ArtifactPreparations}. */
export type PreparePutOptions = Omit<PutOptions, keyof CallOptions>

/**
 * Prepares calls of an `ArtifactStore` as parts of steps, for `commitTogether`. Each method checks
 * its arguments and copies the content at once, and writes nothing. It throws what the method of
 * the store with the same name rejects with.
 */
export class ArtifactPreparations {
  readonly #driver: ArtifactDriver
  readonly #gate: CallGate
  readonly #maxBytes: number

  /** @internal */
  constructor(driver: ArtifactDriver, gate: CallGate, maxBytes: number) {
    this.#driver = driver
    this.#gate = gate
    this.#maxBytes = maxBytes
  }

  /** Prepares `ArtifactStore.putBytes`. */
  putBytes(scope: ArtifactScope, data: Uint8Array, options?: PreparePutOptions): Part<ArtifactRef> {
    const capture = (): Uint8Array => captureData(data, this.#maxBytes)
    return this.#put('putBytes', scope, capture, options, BINARY)
  }

  /** Prepares `ArtifactStore.putText`. */
  putText(scope: ArtifactScope, text: string, options?: PreparePutOptions): Part<ArtifactRef> {
    return this.#put('putText', scope, () => captureText(text, this.#maxBytes), options, TEXT)
  }

  #put(
    operation: string,
    scope: ArtifactScope,
    capture: () => Uint8Array,
    options: PreparePutOptions | undefined,
    mimeType: string,
  ): Part<ArtifactRef> {
    return this.#gate.read(`prepare.${operation}`, () => {
      const owner = checkScope(scope)
      const bytes = capture()
      const description = checkDescription(options, mimeType)
      checkOptionNames(options, preparedPutNames)
      const { namespace, filename, sourceText, expiresAt } = description
      const { tenantId, userId, sessionId, taskId } = owner
      const outline = [taskId, namespace, description.mimeType, filename, sourceText]
      // None if it does not expire, as in steps of releases without expiry that are repeated.
      const expiry = expiresAt === undefined ? [] : [expiresAt.getTime()]
      let artifact: Promise<NewArtifact> | undefined
      return makePart({
        side: this.#driver.steps,
        operation: 'artifacts.put',
        owners: [{ tenantId, userId, sessionId, runId: '' }],
        bytes: bytes.byteLength + sourceText.length,
        contentOf: () => [JSON.stringify([...outline, ...expiry]), bytes],
        needsStepId: false,
        payload: () => (artifact ??= newArtifact(owner, bytes, description)),
        alone: (checked) => this.#driver.put(checked),
        answerOf: withOwner,
        readAnswer: readRefAnswer,
        gate: this.#gate,
      })
    })
  }
}
