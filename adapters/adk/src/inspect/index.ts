/**
 * What the slots and streams hold that this package writes, for tools. It needs no framework.
 *
 * @module
 */
export { streamInspector } from './stream-inspector.ts'
export { slotInspector } from './slot-inspector.ts'
