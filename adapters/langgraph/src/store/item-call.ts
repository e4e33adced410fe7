import type { CallOptions, TenantOwner, UserOwner } from '@harborage/core'
import type { StateStore } from '@harborage/state'

/** What all operations of one call have in common. */
export interface ItemCall {
  readonly state: StateStore
  readonly owner: UserOwner | TenantOwner
  readonly options: CallOptions
}
