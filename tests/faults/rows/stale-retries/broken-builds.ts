import type { BrokenBuild } from '../../harness/fault-row.ts'

const ROUNDS = 4_000

export const brokenBuilds: readonly BrokenBuild[] = [
  {
    name: 'does not look at the trail of a slot',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/state/src/decide.ts',
        from: `if (held?.hasReplaced(record.eventId) === true) return 'superseded'`,
        to: '',
      },
    ],
  },
  {
    name: 'remembers one event id too few',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/state/src/state-record.ts',
        from: 'REMEMBERED_EVENT_IDS = 16',
        to: 'REMEMBERED_EVENT_IDS = 15',
      },
    ],
  },
  {
    name: 'remembers one turn id too few',
    rounds: 2 * ROUNDS,
    edits: [
      {
        file: 'packages/memory/src/internal/turn-ids.ts',
        from: 'nextPosition - 1 - rememberedTurnIds',
        to: 'nextPosition - rememberedTurnIds',
      },
    ],
  },
  {
    name: 'does not remember turn ids',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/memory/src/internal/turn-ids.ts',
        from: 'if (header === undefined) return false',
        to: 'return false',
      },
    ],
  },
  {
    name: 'lets the later of two equal puts win',
    rounds: ROUNDS,
    edits: [
      {
        file: 'packages/artifacts/src/internal/held-artifact.ts',
        from: 'if (taken?.ref.sha256 === ref.sha256) return { held: taken, isNew: false }',
        to: `if (taken?.ref.sha256 === ref.sha256) {
      const later = { ...ref, id: shortId }
      return { held: { ref: later, sourceBytes: 2, bytes }, isNew: true }
    }`,
      },
    ],
  },
]
