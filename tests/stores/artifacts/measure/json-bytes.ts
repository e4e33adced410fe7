/**
 * Returns a tool's answer in JSON of about that many bytes: records with names, numbers, words and
 * times.
 */
export function jsonBytes(size: number): Buffer {
  const records: string[] = []
  for (let length = 0, index = 0; length < size; index += 1) {
    const record = JSON.stringify({
      id: Math.random().toString(36).slice(2),
      path: `src/module-${index % 97}/file-${index}.ts`,
      line: index * 7,
      score: Math.random(),
      text: 'the quick brown fox jumps over the lazy dog'
        .split(' ')
        .slice(index % 9)
        .join(' '),
      seenAt: new Date(1_700_000_000_000 + index * 1_000).toISOString(),
    })
    records.push(record)
    length += record.length + 1
  }
  return Buffer.from(`[${records.join(',')}]`.padEnd(size).slice(0, size))
}
