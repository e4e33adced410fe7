import type { Client } from 'pg'

import type { Recorded } from './record-statements.ts'

/** How Postgres ran a statement. */
export interface Plan {
  readonly nodes: readonly string[]
  readonly indexes: readonly string[]
  readonly rows: number
  readonly rowsRemovedByFilter: number
  /** The blocks that were looked at, in memory or on disk. */
  readonly blocks: number
}

interface Blocks {
  readonly 'Shared Hit Blocks': number
  readonly 'Shared Read Blocks': number
}

interface PlanNode extends Blocks {
  readonly 'Node Type': string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

interface Explained {
  readonly Plan: PlanNode
  /** What it took to write the rows out, which is when a large value is read. */
  readonly Serialization?: Blocks
}

/** Servers before 17 cannot explain what the writing out of the rows takes. */
const SERIALIZE_FROM = 170_000

/** Runs a statement and tells how Postgres did it. */
export async function explain(client: Client, { sql, values }: Recorded): Promise<Plan> {
  const { rows: servers } = await client.query<{ version: string }>(
    `select current_setting('server_version_num') as version`,
  )
  const serialize = Number(servers[0]?.version) >= SERIALIZE_FROM ? ', serialize text' : ''
  const { rows } = await client.query<{ 'QUERY PLAN': readonly Explained[] }>(
    `explain (analyze, buffers, format json${serialize}) ${sql}`,
    [...values],
  )
  const explained = rows[0]?.['QUERY PLAN'][0]
  if (explained === undefined) throw new Error('there is no plan')
  const { Plan: root, Serialization: written } = explained
  const nodes = [...nodesOf(root)]
  return {
    nodes: nodes.map((node) => node['Node Type']),
    indexes: nodes.flatMap((node) => node['Index Name'] ?? []),
    rows: root['Actual Rows'],
    rowsRemovedByFilter: nodes.reduce(
      (sum, node) => sum + (node['Rows Removed by Filter'] ?? 0),
      0,
    ),
    // A node's blocks include those of the nodes below it.
    blocks: blocksOf(root) + (written === undefined ? 0 : blocksOf(written)),
  }
}

function blocksOf(blocks: Blocks): number {
  return blocks['Shared Hit Blocks'] + blocks['Shared Read Blocks']
}

function* nodesOf(node: PlanNode): Generator<PlanNode> {
  yield node
  for (const below of node.Plans ?? []) yield* nodesOf(below)
}
