/**
 * The checker of concurrent histories: whether the recorded calls have an order that explains their answers.
 *
 * @module
 */
export { randomBelow } from './random.ts'
export { recordCall } from './record-call.ts'
export { countRetries } from './retries.ts'
export {
  describeCalls,
  unexplainedCalls,
  type RecordedCall,
  type SequentialModel,
} from './serial-order.ts'
