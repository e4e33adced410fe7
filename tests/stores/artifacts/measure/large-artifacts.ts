/**
 * Measures the put and the get of one large artifact: memory against its size, and the largest
 * stall of the event loop.
 *
 *     node tests/stores/artifacts/measure/large-artifacts.ts fs:/tmp/artifacts [MiB] [rounds]
 */
import type { LargeArtifactAnswer } from '../support/large-artifact-process.ts'
import { measureLargeArtifact } from '../support/measure-large-artifact.ts'

const [, , dsn = '', mebibytes = '64', rounds = '5'] = process.argv
const size = Number(mebibytes) * 1024 * 1024
const puts: LargeArtifactAnswer[] = []
const gets: LargeArtifactAnswer[] = []
for (let round = 0; round < Number(rounds); round += 1) {
  const put = await measureLargeArtifact(dsn, 'put', size)
  puts.push(put)
  gets.push(await measureLargeArtifact(dsn, 'get', size, put.id))
}
for (const [work, answers] of Object.entries({ put: puts, get: gets })) {
  console.log(work, {
    peak: (Math.max(...answers.map(({ peakBytes }) => peakBytes)) / size).toFixed(2),
    withData: (Math.max(...answers.map((each) => each.peakWithDataBytes)) / size).toFixed(2),
    // The result of the round that other load of the machine affected least.
    stallMs: Math.min(...answers.map(({ stallMs }) => stallMs)).toFixed(0),
    tookMs: Math.min(...answers.map(({ tookMs }) => tookMs)).toFixed(0),
  })
}
