import { HarborageError, type EventId, type RunIdentity } from '@harborage/core'
import { checkEventId, checkRunIdentity, describeType, KnownNames } from '@harborage/core/kit'
import { MAX_SUMMARY_BYTES, MAX_TURN_BYTES, SNAPSHOT_TURN_IDS } from '../conversation.ts'
import type {
  DumpedConversation,
  KeptTurn,
  MemoryHeader,
  RememberedTurnId,
} from '../memory-driver.ts'
import { parseKeptTurn } from './read-turns.ts'

/** An argument before it is checked: its fields may be anything. */
type Unchecked<Argument> = { readonly [Field in keyof Argument]?: unknown }

const names = new KnownNames('the conversation', [
  'identity',
  'header',
  'summary',
  'turns',
  'turnIds',
])
const headerNames = new KnownNames('the header', [
  'strategy',
  'nextPosition',
  'turns',
  'tokens',
  'turnIds',
  'health',
  'failures',
  'foldClaimId',
  'lastAppliedId',
  'lineage',
])
const turnNames = new KnownNames('the turn', ['position', 'tokens', 'text'])
const turnIdNames = new KnownNames('the turn id', ['turnId', 'position', 'at', 'lineage'])

const STRATEGIES = ['none', 'truncation', 'rolling_summary'] as const
const HEALTHS = ['healthy', 'retry', 'degraded', 'recovering'] as const

/** More turns or ids than any conversation has. */
const MAX_ITEMS = 10_000_000

/**
 * Checks a conversation of a dump, and copies it.
 *
 * @throws `invalid_record`, `invalid_identity` or `identity_required`.
 */
export function checkDumpedConversation(given: unknown): DumpedConversation {
  const { identity, header, summary, turns, turnIds } = fieldsOf<DumpedConversation>(
    'the conversation',
    given,
  )
  // First: the names of what is no conversation at all, such as a large array, may be many.
  const checked = checkIdentityOf(identity)
  names.check(fieldsOf('the conversation', given))
  return {
    identity: checked,
    header: checkHeader(header),
    summary: textOf('summary', summary, MAX_SUMMARY_BYTES),
    turns: checkOrder(listOf('turns', turns, MAX_ITEMS, checkTurn)),
    turnIds: listOf('turnIds', turnIds, MAX_ITEMS, checkTurnId),
  }
}

/** Checks the conversation after which a dump begins, and returns its identity. */
export function checkPlace(after: Pick<DumpedConversation, 'identity'>): {
  readonly identity: Required<RunIdentity>
} {
  const { identity } = fieldsOf<typeof after>('the conversation', after)
  return { identity: checkIdentityOf(identity) }
}

function checkIdentityOf(identity: unknown): Required<RunIdentity> {
  if (typeof identity === 'object' && identity !== null) {
    // Checked part by part.
    return checkRunIdentity(identity as RunIdentity)
  }
  throw new HarborageError(
    'identity_required',
    'the identity is missing: pass what dump() returned',
  )
}

function checkHeader(given: unknown): MemoryHeader {
  const header = fieldsOf<MemoryHeader>('the header', given)
  const strategy = oneOf('header.strategy', header.strategy, STRATEGIES)
  const checked = {
    strategy,
    nextPosition: countOf('header.nextPosition', header.nextPosition),
    turns: countOf('header.turns', header.turns),
    tokens: countOf('header.tokens', header.tokens),
    turnIds: listOf('header.turnIds', header.turnIds, SNAPSHOT_TURN_IDS, checkId),
    health: oneOf('header.health', header.health, HEALTHS),
    failures: countOf('header.failures', header.failures),
    foldClaimId: optionalId('header.foldClaimId', header.foldClaimId),
    lastAppliedId: optionalId('header.lastAppliedId', header.lastAppliedId),
    lineage: countOf('header.lineage', header.lineage),
  }
  headerNames.check(header)
  return checked
}

function checkTurn(given: unknown): KeptTurn {
  const turn = fieldsOf<KeptTurn>('a turn', given)
  const position = countOf('a position', turn.position)
  const tokens = countOf('the tokens of a turn', turn.tokens)
  const text = textOf('the text of a turn', turn.text, MAX_TURN_BYTES)
  if (parseKeptTurn(text) === undefined) throw malformed('the text of a turn is no turn')
  turnNames.check(turn)
  return { position, tokens, text }
}

function checkOrder(turns: readonly KeptTurn[]): readonly KeptTurn[] {
  const isInOrder = turns.every(({ position }, index) => {
    const before = turns[index - 1]
    return before === undefined || before.position < position
  })
  if (!isInOrder) throw malformed('the turns are not in the order of their positions')
  return turns
}

function checkTurnId(given: unknown): RememberedTurnId {
  const remembered = fieldsOf<RememberedTurnId>('a turn id', given)
  const checked = {
    turnId: checkId(remembered.turnId),
    position: countOf('the position of a turn id', remembered.position),
    at: countOf('the time of a turn id', remembered.at),
    lineage: countOf('the lineage of a turn id', remembered.lineage),
  }
  turnIdNames.check(remembered)
  return checked
}

function checkId(given: unknown): EventId {
  return checkEventId('a turn id', given)
}

function optionalId(field: string, given: unknown): string | undefined {
  return given === undefined ? undefined : textOf(field, given, MAX_ID_BYTES)
}

/** The largest id of a fold: it is made by the store. */
const MAX_ID_BYTES = 128

function countOf(field: string, given: unknown): number {
  if (typeof given === 'number' && Number.isSafeInteger(given) && given >= 0) return given + 0
  throw malformed(`${field} is no whole number of at least 0`)
}

function textOf(field: string, given: unknown, maxBytes: number): string {
  const isSound =
    typeof given === 'string' &&
    given.length <= maxBytes &&
    given.isWellFormed() &&
    Buffer.byteLength(given) <= maxBytes
  if (isSound) return given
  throw malformed(`${field} is no well-formed text of at most ${maxBytes} bytes`)
}

function oneOf<Word extends string>(field: string, given: unknown, words: readonly Word[]): Word {
  const word = words.find((each) => each === given)
  if (word !== undefined) return word
  throw malformed(`${field} is none of ${words.join(', ')}`)
}

/** Checks each item of a list by its index: the first malformed one ends the check. */
function listOf<Item>(
  field: string,
  given: unknown,
  maxItems: number,
  check: (item: unknown) => Item,
): readonly Item[] {
  if (!Array.isArray(given) || given.length > maxItems) {
    throw malformed(`${field} is no array, or has more than ${maxItems} items`)
  }
  const list: readonly unknown[] = given
  return Array.from({ length: list.length }, (_, index) => check(list[index]))
}

function fieldsOf<Argument>(what: string, given: unknown): Unchecked<Argument> {
  if (typeof given === 'object' && given !== null) return given
  throw malformed(`${what} is ${describeType(given)}`)
}

function malformed(fault: string): HarborageError {
  return new HarborageError('invalid_record', `${fault}: pass what dump() returned`)
}
