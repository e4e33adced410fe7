import { malformed } from './malformed.ts'

/** Names that no argument has; slips of those that some have among them. */
const unknownNames: readonly string[] = [
  'ttl',
  'runID',
  'sessionid',
  'ifEventid',
  'Signal',
  'extra',
]

/** The argument with one name more, of its own or inherited. */
export function withUnknownNames<Argument extends object>(argument: Argument): Argument[] {
  return unknownNames.flatMap((name) => [
    { ...argument, [name]: 'value' },
    { ...argument, [name]: undefined },
    malformed<Argument>(Object.assign(Object.create({ [name]: 'value' }), argument)),
  ])
}
