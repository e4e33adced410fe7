import { types } from 'node:util'
import { HarborageError } from '../harborage-error.ts'
import {
  type Identity,
  type TenantOwner,
  tenantOwner,
  type UserOwner,
  userOwner,
} from '../identity.ts'
import { describeArgument } from './describe-argument.ts'

/** A user of a tenant: the result of `userOwner`, or an object with the same two parts. */
export type User = Pick<Identity, 'tenantId' | 'userId'>

/**
 * Whose data an adapter keeps: a user, or a function that returns the user of the current request,
 * for example from an AsyncLocalStorage. The function has to be synchronous. It is called once in
 * each call, at its beginning.
 */
export type UserOption = User | (() => User)

/**
 * Whose data an adapter keeps: a user, a tenant (the result of `tenantOwner`), or a function that
 * returns one of them for the current request. The function has to be synchronous. It is called
 * once in each call, at its beginning.
 */
export type OwnerOption = User | TenantOwner | (() => User | TenantOwner)

/** A tenant: the result of `tenantOwner`, or an object with the same part. */
export type Tenant = Pick<Identity, 'tenantId'>

/**
 * Whose data an adapter keeps: a tenant, or a function that returns the tenant of the current
 * request, for example from an AsyncLocalStorage. The function has to be synchronous. It is called
 * once in each call, at its beginning.
 */
export type TenantOption = Tenant | (() => Tenant)

/** What is bound, in messages. */
interface Bound {
  readonly name: string
  /** What to pass. */
  readonly form: string
}

const OWNER: Bound = { name: 'owner', form: '{ tenantId, userId }' }
const TENANT: Bound = { name: 'tenant', form: '{ tenantId }' }

/**
 * Returns a function that returns the user of the current call.
 *
 * @throws `identity_required` if the owner or a part of it is missing; `invalid_identity` if a part
 * is malformed, or there is another, such as a `sessionId`. If the option is a function, the
 * returned function throws them, and what the option itself throws.
 */
export function bindUser(option: UserOption): () => UserOwner {
  return bind(option, (owner) => userOwner(owner))
}

/**
 * Returns a function that returns the user or the tenant of the current call.
 *
 * A tenant is the result of `tenantOwner`, and nothing else: an object whose `userId` was lost
 * never reaches what belongs to the tenant.
 *
 * @throws `identity_required` and `invalid_identity` as {@link bindUser} does.
 */
export function bindOwner(option: OwnerOption): () => UserOwner | TenantOwner {
  return bind(option, (owner) => (mayBeTenant(owner) ? tenantOwner(owner) : userOwner(owner)))
}

/**
 * Returns a function that returns the tenant of the current call, for a framework that names the
 * user in each call.
 *
 * @throws `identity_required` if the tenant is missing; `invalid_identity` if it is malformed, or
 * there is another part, such as a `userId`. If the option is a function, the returned function
 * throws them, and what the option itself throws.
 */
export function bindTenant(option: TenantOption): () => TenantOwner {
  return bind(option, (tenant) => tenantOwner(tenant), TENANT)
}

/** Returns whether an owner has the form of a tenant's, which `tenantOwner` then checks. */
function mayBeTenant(owner: User | TenantOwner): boolean {
  return 'sessionId' in owner && owner.userId === ''
}

function bind<Given extends object, Checked>(
  option: Given | (() => Given),
  check: (owner: Given) => Checked,
  bound: Bound = OWNER,
): () => Checked {
  if (typeof option === 'function') return () => check(present(option(), bound))
  const checked = check(present(option, bound))
  return () => checked
}

function present<Given extends object>(owner: Given, { name, form }: Bound): Given {
  const given: unknown = owner
  const isObject = typeof given === 'object' && given !== null && !Array.isArray(given)
  if (isObject && !types.isPromise(given)) return owner
  throw new HarborageError(
    'identity_required',
    types.isPromise(given)
      ? `${name} returned a promise: it has to return the ${name} of the current call at once`
      : `${name} is ${describeArgument(given)}: pass ${form}, or a function that returns the ${name} of the current call`,
  )
}
