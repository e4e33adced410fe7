import type { BrokenBuild } from '../../harness/fault-row.ts'

const saver = 'adapters/langgraph/src/saver/harborage-saver.ts'
const checkpoints = 'adapters/langgraph/src/saver/put-checkpoint.ts'
const writes = 'adapters/langgraph/src/saver/write-slots.ts'

/**
 * Enough for those that show without a kill, and for those that show only where it hits the middle
 * of something.
 */
const FEW = 2
const MANY = 12

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'acknowledges the writes of a task before they are saved',
    rounds: MANY,
    edits: [
      {
        file: saver,
        from: 'await this.#run((call) => putWrites(call, {',
        to: `const later = async (call, given) => {
      setTimeout(() => putWrites(call, given).catch(() => {}), 20)
    }
    await this.#run((call) => later(call, {`,
      },
    ],
  },
  {
    name: 'saves the large values of a checkpoint after it',
    rounds: MANY,
    edits: [
      {
        file: checkpoints,
        from: '{ saveIfEmpty: blobs }',
        to: 'void setTimeout(() => call.state.commit({ saveIfEmpty: blobs }).catch(() => {}), 200)',
      },
    ],
  },
  {
    name: 'keeps the writes of a repeated call beside the first ones',
    rounds: FEW,
    edits: [
      {
        file: writes,
        from: 'this.#kind = writesKind(this.#checkpoint, taskId)',
        to: 'this.#kind = writesKind(this.#checkpoint, taskId, -process.hrtime()[1])',
      },
    ],
  },
  {
    name: 'acknowledges a checkpoint before it is saved',
    rounds: MANY,
    edits: [
      {
        file: saver,
        from: 'await this.#run((call) => putCheckpoint(call, place, {',
        to: `const later = async (call, where, given) => {
      setTimeout(() => putCheckpoint(call, where, given).catch(() => {}), 20)
    }
    await this.#run((call) => later(call, place, {`,
      },
    ],
  },
  {
    name: 'gives a checkpoint an id of its own',
    rounds: FEW,
    edits: [
      {
        file: checkpoints,
        from: 'checkpointRecord(place, checkpoint.id,',
        to: `checkpointRecord(place, checkpoint.id.slice(0, -4) + Date.now().toString(16).slice(-4),`,
      },
    ],
  },
]
