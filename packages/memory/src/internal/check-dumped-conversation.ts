import type { EventId, RunIdentity } from '@harborage/core'
import { checkEventId, KnownNames } from '@harborage/core/kit'
import { MAX_SUMMARY_BYTES, MAX_TURN_BYTES, SNAPSHOT_TURN_IDS } from '../conversation.ts'
import type {
  DumpedConversation,
  KeptTurn,
  MemoryHeader,
  RememberedTurnId,
} from '../memory-driver.ts'
import { checkIdentityOf, countOf, fieldsOf, listOf, malformed, textOf } from './dumped-values.ts'
import { parseKeptTurn } from './read-turns.ts'

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

function oneOf<Word extends string>(field: string, given: unknown, words: readonly Word[]): Word {
  const word = words.find((each) => each === given)
  if (word !== undefined) return word
  throw malformed(`${field} is none of ${words.join(', ')}`)
}
