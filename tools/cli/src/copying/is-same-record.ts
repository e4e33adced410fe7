import { types } from 'node:util'

/**
 * Returns whether two records are the same: in their JSON, in any order of its names, with
 * bytes by their content. A name whose value is `undefined` counts as absent.
 */
export function isSameRecord(left: unknown, right: unknown): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object') return false
  if (left === null || right === null) return false
  if (types.isUint8Array(left) || types.isUint8Array(right)) {
    return (
      types.isUint8Array(left) && types.isUint8Array(right) && Buffer.compare(left, right) === 0
    )
  }
  if (types.isDate(left) || types.isDate(right)) {
    return types.isDate(left) && types.isDate(right) && left.getTime() === right.getTime()
  }
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
    return left.every((each, index) => isSameRecord(each, right[index]))
  }
  return (
    Object.entries(left).every(([name, value]) => isSameRecord(value, ownValue(right, name))) &&
    Object.keys(right).every(
      (name) => Object.hasOwn(left, name) || ownValue(right, name) === undefined,
    )
  )
}

function ownValue(of: object, name: string): unknown {
  return Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined
}
