/**
 * What the slots hold that a saver or a store of this package wrote, for tools that show them.
 *
 * @module
 */
export { slotInspector } from './slot-inspector.ts'
