/**
 * The checker of concurrent histories. It searches for an order of the recorded calls that explains
 * their answers.
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
