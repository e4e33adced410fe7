import type {
  CallOptions,
  Identity,
  JsonObject,
  JsonValue,
  MaintenanceScope,
} from '@harborage/core'

/** The largest artifact if the store does not say otherwise: 64 MiB. */
export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024

/** Above how many bytes `offload` makes an artifact if the caller does not say otherwise: 32 KiB. */
export const DEFAULT_THRESHOLD_BYTES: number = 32 * 1024

/** The most bytes of JSON that the `source` of an artifact has: 64 KiB. */
export const MAX_SOURCE_BYTES: number = 64 * 1024

/** Whose artifact it is: an identity, narrowed to one task. An absent or empty `taskId` means the session itself. */
export interface ArtifactScope extends Identity {
  /** The task. Default: `''`, the session itself. */
  readonly taskId?: string
}

/** What may be said of an artifact when it is put. */
export interface PutOptions extends CallOptions {
  /** The first part of the id; equal content is stored once per scope and namespace. Default: `default`. */
  readonly namespace?: string | undefined
  /** Without control characters. Default: `application/octet-stream`; for text `text/plain; charset=utf-8`; for JSON `application/json`. */
  readonly mimeType?: string | undefined
  /** Metadata only, never part of a path. Default: `''`. */
  readonly filename?: string | undefined
  /** Where the content comes from: strict JSON of at most {@link MAX_SOURCE_BYTES}. Default: `{}`. */
  readonly source?: JsonObject | undefined
}

/** What is known of a stored artifact; the bytes are fetched with `get`. */
export interface ArtifactRef {
  /** `{namespace}_{first 12 hex digits of sha256}`, or all 64 digits if other content of the scope has the short one. */
  readonly id: string
  readonly namespace: string
  /** An absent task is `''`. */
  readonly scope: Required<ArtifactScope>
  readonly mimeType: string
  /** The number of bytes of the content. */
  readonly sizeBytes: number
  readonly filename: string
  /** The SHA-256 of the bytes, in hex. */
  readonly sha256: string
  readonly source: JsonObject
  readonly createdAt: Date
}

/**
 * Which artifacts a list is about: those that equal every given part. `taskId` absent: of any task; `''`: of the session
 * itself. Without tenant, user or session the list crosses identities, and the filter has to say
 * `maintenanceScoped: true`.
 */
export interface ArtifactFilter extends Partial<Identity>, Partial<MaintenanceScope> {
  /** Only artifacts of this task; `''`: of the session itself. Default: of any task. */
  readonly taskId?: string
  /** Only artifacts of this namespace. Default: of any. */
  readonly namespace?: string
}

/** Options of `offload`. */
export interface OffloadOptions extends PutOptions {
  /** The most bytes that come back inline. Default: {@link DEFAULT_THRESHOLD_BYTES}. */
  readonly thresholdBytes?: number
}

/** What `offload` takes: bytes, a text or a JSON value. */
export type OffloadValue = Uint8Array | JsonValue

/** What `offload` answers: the value itself, or the reference of the artifact that was made of it. */
export type Offloaded<Value extends OffloadValue> =
  | { readonly kind: 'inline'; readonly value: Value }
  | { readonly kind: 'artifact'; readonly ref: ArtifactRef }
