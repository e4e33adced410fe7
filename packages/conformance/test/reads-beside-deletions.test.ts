import { unexplainedCalls, type RecordedCall } from '@harborage/conformance/histories'
import { stateModel, type StateCall } from '@harborage/conformance/state'
import { expect, test } from 'vitest'

const session = 'first'
const model = stateModel(['b', 'c'])

function called(
  from: number,
  to: number,
  call: StateCall,
  answer: string,
): RecordedCall<StateCall> {
  return { call, from, to, answer }
}

/** A history in which a session is emptied until `to`: after `c`, and before `b` was saved. */
function emptiedUntil(to: number): RecordedCall<StateCall>[] {
  const slots = ['b', 'c'].map((kind) => ({ session, kind }))
  const saveOf = (kind: string): StateCall => ({
    do: 'save',
    session,
    kind,
    eventId: kind,
    text: kind,
  })
  return [
    called(1, 2, saveOf('c'), 'saved'),
    called(3, to, { do: 'deleteSession', session }, '1'),
    called(6, 7, saveOf('b'), 'saved'),
    called(8, 9, { do: 'loadMany', slots }, 'b: b,c: c'),
    called(20, 21, { do: 'load', session, kind: 'c' }, 'nothing'),
  ]
}

test('a read of several slots may see one that is just being removed, beside a later save', () => {
  expect(unexplainedCalls(model, emptiedUntil(10))).toBeUndefined()
})

test('a read of several slots sees nothing that was removed before', () => {
  expect(unexplainedCalls(model, emptiedUntil(5))).toBeDefined()
})
