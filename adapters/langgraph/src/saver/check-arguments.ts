import type {
  Checkpoint,
  CheckpointListOptions,
  PendingWrite,
} from '@langchain/langgraph-checkpoint'
import { HarborageError } from '@harborage/core'
import { describeArgument, OptionNames } from '@harborage/core/adapter'
import { isArray, isObject } from './header-shapes.ts'

const listNames = new OptionNames('a list', ['limit', 'before', 'filter'], 'invalid_record')
const pruneNames = new OptionNames('pruning a thread', ['keepLatest'], 'invalid_record')

/** Checks the arguments of a put, beside its config. */
export function checkPut(checkpoint: unknown, metadata: unknown, newVersions: unknown): void {
  if (!isCheckpoint(checkpoint)) {
    throw invalid(
      `the checkpoint is ${isObject(checkpoint) ? 'malformed' : describeArgument(checkpoint)}: pass one of LangGraph, with v, id, ts, channel_values, channel_versions and versions_seen`,
    )
  }
  if (!isObject(metadata)) {
    throw invalid(
      `the metadata are ${describeArgument(metadata)}: pass an object, such as { source, step }`,
    )
  }
  const { parents } = metadata
  if (parents !== undefined && parents !== null && !isObject(parents)) {
    throw invalid(
      `metadata.parents is ${describeArgument(parents)}: pass an object, or leave it out`,
    )
  }
  if (!isVersions(newVersions)) {
    throw invalid(
      `newVersions is ${isObject(newVersions) ? 'malformed' : describeArgument(newVersions)}: pass an object with the versions of the channels that have changed`,
    )
  }
  for (const each of [checkpoint, checkpoint.channel_values, metadata, parents ?? {}]) read(each)
}

/** Reads what an object holds, so that a getter that throws does so here. */
function read(given: object): void {
  Object.values(given)
}

/** Returns whether a value is a checkpoint, as far as a saver looks into it. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  return (
    isObject(value) &&
    Number.isFinite(value['v']) &&
    typeof value['id'] === 'string' &&
    value['id'] !== '' &&
    typeof value['ts'] === 'string' &&
    isObject(value['channel_values']) &&
    isVersions(value['channel_versions']) &&
    isObject(value['versions_seen']) &&
    Object.values(value['versions_seen']).every(isVersions)
  )
}

function isVersions(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.values(value).every((each) => typeof each === 'string' || Number.isFinite(each))
  )
}

/** Checks the arguments of a putWrites, beside its config. */
export function checkWrites(writes: unknown, taskId: unknown, taskPath: unknown): void {
  if (!isListOf(writes, isWrite)) {
    throw invalid(
      `the writes are ${isArray(writes) ? 'malformed' : describeArgument(writes)}: pass an array of [channel, value]`,
    )
  }
  if (typeof taskId !== 'string')
    throw invalid(`the task id is ${describeArgument(taskId)}: pass a string`)
  if (typeof taskPath !== 'string') {
    throw invalid(
      `the path of the task is ${describeArgument(taskPath)}: pass a string, or leave it out`,
    )
  }
}

function isWrite(value: unknown): value is PendingWrite {
  return isArray(value) && isText(value[0])
}

/** Checks the options of a list. */
export function checkListOptions(given: CheckpointListOptions = {}): CheckpointListOptions {
  const options = listNames.read(given)
  const { limit, before, filter } = options
  if (isGiven(limit) && (typeof limit !== 'number' || Number.isNaN(limit))) {
    throw invalid(
      `limit is ${Number.isNaN(limit) ? 'not a number' : describeArgument(limit)}: pass a number`,
    )
  }
  if (isGiven(before) && !isObject(before)) {
    throw invalid(`before is ${describeArgument(before)}: pass the config of a checkpoint`)
  }
  if (isGiven(filter) && !isObject(filter)) {
    throw invalid(`filter is ${describeArgument(filter)}: pass an object`)
  }
  read(filter ?? {})
  return options
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Checks how many checkpoints a pruning keeps. */
export function checkKeepLatest(options: { readonly keepLatest: number }): number {
  const { keepLatest } = pruneNames.read(options)
  if (typeof keepLatest === 'number' && Number.isSafeInteger(keepLatest) && keepLatest >= 1) {
    return keepLatest
  }
  throw invalid(
    'keepLatest is no whole number of at least 1: say how many checkpoints of each namespace stay',
  )
}

/** Checks the channels whose history is asked for. */
export function checkChannels(channels: unknown): readonly string[] {
  if (isListOf(channels, isText)) return channels
  throw invalid(`channels is ${describeArgument(channels)}: pass an array of the names of channels`)
}

/** Returns whether all items of an array have a type. One that is missing has none. */
function isListOf<Item>(
  value: unknown,
  isItem: (item: unknown) => item is Item,
): value is readonly Item[] {
  if (!isArray(value)) return false
  // Not `every`, which passes over holes, of which there may be billions.
  for (const item of value) if (!isItem(item)) return false
  return true
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function invalid(message: string): HarborageError {
  return new HarborageError('invalid_record', message)
}
