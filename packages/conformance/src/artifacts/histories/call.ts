import { allOfTenant, allOfUser } from '@harborage/core'
import type {
  ArtifactFilter,
  ArtifactListOptions,
  ArtifactName,
  ArtifactRef,
  ArtifactStore,
  PutOptions,
} from '@harborage/artifacts'
import { collect } from '../../support/collect.ts'
import type { Call } from '../../support/replay-calls.ts'
import { textOf } from '../../support/text-bytes.ts'
import type { BoundChoice, Step } from './step.ts'
import { contentAt, METADATA, type Vocabulary } from './vocabulary.ts'

type ArtifactCall = Call<ArtifactStore>

/**
 * Turns a step into a call.
 *
 * @param earlier The writing calls so far, newest first.
 */
export function callOf(
  step: Step,
  names: Vocabulary,
  earlier: readonly ArtifactCall[],
): ArtifactCall {
  switch (step.do) {
    case 'putBytes':
    case 'putText': {
      const scope = names.scope(step.place)
      const content = contentAt(step.content)
      const options: PutOptions = {
        namespace: names.namespace(step.place),
        ...METADATA[step.metadata],
      }
      return writing(async (store) =>
        withoutDate(
          step.do === 'putBytes'
            ? await store.putBytes(scope, content, options)
            : await store.putText(scope, textOf(content), options),
        ),
      )
    }
    case 'get':
    case 'getText':
    case 'exists': {
      const [scope, id] = keyOf(step, names)
      return reading((store) => store[step.do](scope, id))
    }
    case 'getRef': {
      const [scope, id] = keyOf(step, names)
      return reading(async (store) => withoutDate(await store.getRef(scope, id)))
    }
    case 'getRefs': {
      const scope = names.scope(step.place)
      const ids = step.contents.flatMap((chosen) =>
        (['short', 'full'] as const).map((digits) => names.id(step.place, chosen, digits)),
      )
      return reading(async (store) => (await store.getRefs(scope, ids)).map(withoutDate))
    }
    case 'delete': {
      const [scope, id] = keyOf(step, names)
      return writing((store) => store.delete(scope, id))
    }
    case 'deleteAll':
      return writing((store) => store.deleteAll(names.subtree(step.level, step.place)))
    case 'prune': {
      const namespace = step.inNamespace ? names.namespace(step.place) : ''
      const options = { namespace, dryRun: step.dryRun }
      return writing((store) => store.prune(names.subtree(step.level, step.place), options))
    }
    case 'directory':
      return reading((store) => ownersOf(store, step, names))
    case 'list': {
      const filter = names.filter(step)
      const options = listOptionsOf(step, names)
      return reading((store) => refsOf(store, filter, options))
    }
    case 'retry':
      return earlier[step.callsAgo] ?? reading(async () => undefined)
  }
}

/** Resolves to the refs that match, without their dates, which differ between stores. */
export async function refsOf(
  store: ArtifactStore,
  filter: ArtifactFilter,
  options: ArtifactListOptions,
): Promise<unknown[]> {
  return (await collect(store.list(filter, options))).map(withoutDate)
}

/** Resolves to what a walk of the directory yields. */
function ownersOf(
  store: ArtifactStore,
  { of, place, pageSize }: Extract<Step, { readonly do: 'directory' }>,
  names: Vocabulary,
): Promise<unknown[]> {
  const { tenantId, userId } = names.subtree('user', place)
  if (of === 'users') return collect(store.users(allOfTenant({ tenantId }), { pageSize }))
  const within =
    of === 'sessions of a user' ? allOfUser({ tenantId, userId }) : allOfTenant({ tenantId })
  return collect(store.sessions(within, { pageSize }))
}

function listOptionsOf(
  { place, pageSize, order, limit, from, to, expired }: Extract<Step, { readonly do: 'list' }>,
  names: Vocabulary,
): ArtifactListOptions {
  const at = ({ content, digits }: BoundChoice): ArtifactName => ({
    scope: names.scope(place),
    id: names.id(place, content, digits),
  })
  return {
    pageSize,
    order,
    expired,
    ...(limit === undefined ? {} : { limit }),
    ...(from === undefined ? {} : { from: at(from) }),
    ...(to === undefined ? {} : { to: at(to) }),
  }
}

function keyOf(
  step: Extract<Step, { readonly digits: string }>,
  names: Vocabulary,
): [ReturnType<Vocabulary['scope']>, string] {
  return [names.scope(step.place), names.id(step.place, step.content, step.digits)]
}

function withoutDate(ref: ArtifactRef | undefined): Omit<ArtifactRef, 'createdAt'> | undefined {
  if (ref === undefined) return undefined
  const { createdAt: _, ...rest } = ref
  return rest
}

function writing(run: ArtifactCall['run']): ArtifactCall {
  return { run, writes: true }
}

function reading(run: ArtifactCall['run']): ArtifactCall {
  return { run, writes: false }
}
