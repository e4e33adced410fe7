/** One call of a recorded history. */
export interface RecordedCall<Call> {
  readonly call: Call
  /** The time at which it was made, on a clock that all callers share. */
  readonly from: number
  /** The time at which it was answered, on the same clock. */
  readonly to: number
  /** Its answer, or `undefined` if unknown: it may take effect once, at any time after `from`. */
  readonly answer: string | undefined
  /** The number of retries by the engine, if `countRetries` was on. */
  readonly retries?: number
}

/** A model of calls that are made one after the other. */
export interface SequentialModel<State, Call> {
  readonly empty: State
  /** Returns the answer of the call and the state after it: the same object if nothing changes. */
  readonly step: (state: State, call: Call) => { readonly answer: string; readonly state: State }
  /** Returns a key that two states share only if no call can distinguish them. */
  readonly keyOf: (state: State) => string
  /** Returns the names that a call reads or writes. Calls without a common name are independent. */
  readonly touches: (call: Call) => readonly string[]
  /** Returns whether the call never writes. */
  readonly isRead: (call: Call) => boolean
  /**
   * Returns what has to be explained in place of a call: the reads of single names that a read of
   * several names consists of, or nothing if its answer says nothing. Default: the call itself.
   *
   * @param during The calls that were under way at the same time.
   */
  readonly apart?: (
    recorded: RecordedCall<Call>,
    during: readonly RecordedCall<Call>[],
  ) => readonly RecordedCall<Call>[]
}

/** A search that takes more steps than this fails with an error. */
const MAX_STEPS = 500_000

/**
 * Checks a history with the search of Wing, Gong and Lowe: looks for an order of all calls in which
 * each call has the answer of the model. Two calls that both may write, or that touch a common
 * name, keep their order in time: a call that was answered before another one was made precedes it.
 *
 * So each name is linearizable, and so are all writes together. Reads of different names need not
 * be: a read may still return what another call is removing, while a write to another name is
 * already ordered after the removal. A model says by `apart` that this holds for the names of one
 * read, too.
 *
 * @returns The calls that no order explains, all of which are connected, or `undefined`.
 */
export function unexplainedCalls<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
): readonly RecordedCall<Call>[] | undefined {
  const calls = history.flatMap(
    (recorded) => model.apart?.(recorded, callsDuring(recorded, history)) ?? [recorded],
  )
  return connectedParts(model, calls).find((part) => !hasSerialOrder(model, part))
}

/** Returns the calls that were under way at the same time as a call. */
function callsDuring<Call>(
  { from, to }: RecordedCall<Call>,
  history: readonly RecordedCall<Call>[],
): readonly RecordedCall<Call>[] {
  return history.filter(
    (other) => other.from < to && (other.answer === undefined || other.to > from),
  )
}

/** A state of the model, and the calls that led to it. */
interface Node<State> {
  readonly done: bigint
  readonly state: State
}

function hasSerialOrder<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
): boolean {
  const calls = placed(model, history)
  const answered = calls.reduce(
    (bits, { answer, bit }) => (answer === undefined ? bits : bits | bit),
    0n,
  )
  const seen = new Set<string>()
  const open: Node<State>[] = [{ done: 0n, state: model.empty }]
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ((node.done & answered) === answered) return true
    const key = `${node.done.toString(36)} ${model.keyOf(node.state)}`
    if (seen.has(key)) continue
    seen.add(key)
    if (seen.size > MAX_STEPS) {
      throw new Error(`a history of ${calls.length} calls has too many possible orders to check`)
    }
    open.push(...nextNodes(model, calls, node))
  }
  return false
}

/** A call with its position among the calls of a history. */
interface PlacedCall<Call> extends RecordedCall<Call> {
  readonly bit: bigint
  /** The calls that precede it in every order. */
  readonly after: bigint
}

function placed<State, Call>(
  { touches, isRead }: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
): readonly PlacedCall<Call>[] {
  const calls = history.map((recorded, index) => ({
    ...recorded,
    bit: 1n << BigInt(index),
    names: new Set(touches(recorded.call)),
    isRead: isRead(recorded.call),
  }))
  return calls.map((call) => {
    const before = calls.filter(
      (other) =>
        other.answer !== undefined &&
        other.to < call.from &&
        ((!other.isRead && !call.isRead) || [...call.names].some((name) => other.names.has(name))),
    )
    return { ...call, after: before.reduce((bits, { bit }) => bits | bit, 0n) }
  })
}

/** Returns every node that one more call leads to. */
function nextNodes<State, Call>(
  model: SequentialModel<State, Call>,
  calls: readonly PlacedCall<Call>[],
  { done, state }: Node<State>,
): readonly Node<State>[] {
  const nodes: Node<State>[] = []
  for (const { call, answer, bit, after } of calls) {
    if ((done & bit) !== 0n || (after & done) !== after) continue
    const next = model.step(state, call)
    if (answer !== undefined && next.answer !== answer) continue
    const node = { done: done | bit, state: next.state }
    if (next.state !== state) nodes.push(node)
    // A call that changes nothing can always come next; without an answer it can be left out.
    else if (answer !== undefined) return [node]
  }
  return nodes
}

/** Divides a history into parts whose calls share no name, directly or through other calls. */
function connectedParts<State, Call>(
  { touches }: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
): readonly (readonly RecordedCall<Call>[])[] {
  let parts: { names: Set<string>; calls: RecordedCall<Call>[] }[] = []
  for (const recorded of history) {
    const names = touches(recorded.call)
    const joined = { names: new Set(names), calls: new Array<RecordedCall<Call>>() }
    const isJoined = (part: { names: Set<string> }): boolean =>
      names.some((name) => part.names.has(name))
    for (const part of parts.filter(isJoined)) {
      for (const name of part.names) joined.names.add(name)
      joined.calls.push(...part.calls)
    }
    joined.calls.push(recorded)
    parts = [...parts.filter((part) => !isJoined(part)), joined]
  }
  return parts.map(({ calls }) => calls)
}

/** Returns a text with one line per call, in the order in which the calls were made. */
export function describeCalls(calls: readonly RecordedCall<unknown>[]): string {
  const start = Math.min(...calls.map(({ from }) => from))
  return calls
    .toSorted((left, right) => left.from - right.from)
    .map(({ call, from, to, answer = 'unknown', retries = 0 }) => {
      const span = `${from - start} to ${to - start}`
      const again = retries === 0 ? '' : ` after ${retries} retries`
      return `${span}: ${JSON.stringify(call)} answered ${answer}${again}`
    })
    .join('\n')
}
