/**
 * For authors of adapters: owners that are bound, names of sessions, checks of options and
 * arguments, and inspectors of what an adapter wrote.
 *
 * @module
 */
export { readArguments } from '../kit/argument-checks.ts'
export { withoutInherited } from '../kit/object-of-names.ts'
export { describeArgument } from './describe-argument.ts'
export { digestOf, escapeName, isDigest, unescapeName } from './escaped-names.ts'
export {
  inspectSlots,
  inspectStreams,
  type InspectedEntry,
  type InspectedRecord,
  type InspectedSlots,
  type InspectedStreams,
  type StoredType,
} from './inspected.ts'
export { decodeJson, decodeJsonObject, encodeJson } from './lossless-json.ts'
export { checkOpenStore, invalidOption, OptionNames } from './option-names.ts'
export {
  bindOwner,
  bindTenant,
  bindUser,
  type OwnerOption,
  type Tenant,
  type TenantOption,
  type User,
  type UserOption,
} from './owner-option.ts'
export { checkSessionId, sessionNameOf, sessionOf } from './session-name.ts'
