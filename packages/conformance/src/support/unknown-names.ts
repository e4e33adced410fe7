import { malformed } from './malformed.ts'

/** Names of properties that no argument has, misspellings among them. */
const unknownNames: readonly string[] = [
  'ttl',
  'runID',
  'sessionid',
  'ifEventid',
  'Signal',
  'extra',
]

/** Returns copies of an argument, each with one unknown property, own or inherited. */
export function withUnknownNames<Argument extends object>(argument: Argument): Argument[] {
  return unknownNames.flatMap((name) => [
    { ...argument, [name]: 'value' },
    { ...argument, [name]: undefined },
    malformed<Argument>(Object.assign(Object.create({ [name]: 'value' }), argument)),
  ])
}

/** Returns objects that are no options. Their options would all be left out, and the call made. */
export function noOptions(): object[] {
  const options = { signal: undefined, ifEventId: null }
  return [Promise.resolve(options), new Map(Object.entries(options)), new Date(), [], () => options]
}
