/** A conversation in the message format of OpenAI, with two results of tools. */
export const conversation = [
  { role: 'system', content: 'You help sailors.' },
  { role: 'user', content: 'How is the wind?' },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { id: 'a', type: 'function', function: { name: 'wind', arguments: '{"at":"home"}' } },
      { id: 'b', type: 'function', function: { name: 'tide', arguments: '{}' } },
    ],
  },
  { role: 'tool', tool_call_id: 'a', name: 'wind', content: 'west, 4' },
  { role: 'tool', tool_call_id: 'b', name: 'tide', content: 'falling' },
  { role: 'assistant', content: [{ type: 'text', text: 'West, and the tide is falling.' }] },
]

/** Recorded runs around conversations: `{ task_id, trial, info: { task: { user_id } }, traj }`. */
export function recordedRuns(count: number): unknown[] {
  return Array.from({ length: count }, (_, index) => ({
    task_id: index,
    trial: 0,
    reward: 1,
    info: { task: { user_id: `sailor_${index % 2}` } },
    traj: conversation,
  }))
}
