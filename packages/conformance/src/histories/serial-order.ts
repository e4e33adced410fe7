/** One call of a recorded history. */
export interface RecordedCall<Call> {
  readonly call: Call
  /** When it was made, on a clock that all callers share. */
  readonly from: number
  /** When it was answered, on the same clock. */
  readonly to: number
  /** What it answered; `undefined` if unknown: it may take effect once, at any time after `from`. */
  readonly answer: string | undefined
  /** How often the engine tried it again, if `countRetries` was on. */
  readonly retries?: number
}

/** What calls do one after the other. */
export interface SequentialModel<State, Call> {
  readonly empty: State
  /** Returns what the call answers, and the state after it: the same object if nothing changes. */
  readonly step: (state: State, call: Call) => { readonly answer: string; readonly state: State }
  /** Returns a text that two states share only if no call tells them apart. */
  readonly keyOf: (state: State) => string
  /** Names what the call reads or writes. Calls that share nothing are checked by themselves. */
  readonly touches: (call: Call) => readonly string[]
  /** Whether the call only ever reads. */
  readonly isRead: (call: Call) => boolean
}

/** A search of more steps than this is given up, and says so. */
const MOST_STEPS = 500_000

/**
 * Checks a history, by the search of Wing, Gong and Lowe: whether there is an order of all calls in
 * which each answers what the model answers. In this order no call comes before one that was
 * answered before it was made, if both may write or both touch the same.
 *
 * So what a call touches is linearizable by itself, and all writes are together. Reads of different
 * things need not be: a read may still show what another call is just removing, while a write
 * elsewhere already comes after that removal.
 *
 * @returns The calls that no order explains, all of which are connected, or `undefined`.
 */
export function unexplainedCalls<State, Call>(
  model: SequentialModel<State, Call>,
  history: readonly RecordedCall<Call>[],
): readonly RecordedCall<Call>[] | undefined {
  return connectedParts(model, history).find((part) => !hasSerialOrder(model, part))
}

/** A state of the model, and which calls have led to it. */
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
    if (seen.size > MOST_STEPS) {
      throw new Error(`a history of ${calls.length} calls has too many orders to try them all`)
    }
    open.push(...nextNodes(model, calls, node))
  }
  return false
}

/** A call with its place among the calls of a history. */
interface PlacedCall<Call> extends RecordedCall<Call> {
  readonly bit: bigint
  /** The calls that come before it in every order. */
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

/** Every node to which one more call leads. */
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
    // A call that changes nothing may as well come first. One without an answer need not come.
    else if (answer !== undefined) return [node]
  }
  return nodes
}

/** Parts a history where calls touch nothing in common, directly or through others. */
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

/** Writes calls down, one a line, in the order in which they were made. */
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
