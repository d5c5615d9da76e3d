import type { Graph, Value } from '../graph.ts';
import { rewrite } from './rewrite.ts';

/** Nodes with equal kernels, attributes and inputs are computed once; equal small constants are kept once. */
export function shareCommonSubexpressions(graph: Graph): Graph {
  const seen = new Map<string, readonly Value[]>();
  const canonical = new Map<Value, Value>();
  const byContents = new Map<string, Value>();
  for (const [value, { values, isUniform }] of graph.constants) {
    if (values.length > 64) continue;
    const key = `${value.dtype}|${value.shape.join(',')}|${String(isUniform)}|${Array.from(values, (element) => (Object.is(element, -0) ? '-0' : element)).join(',')}`;
    canonical.set(value, byContents.get(key) ?? value);
    if (!byContents.has(key)) byContents.set(key, value);
  }
  const shared = rewrite(
    {
      ...graph,
      nodes: graph.nodes.map((node) => ({
        ...node,
        inputs: node.inputs.map((input) => canonical.get(input) ?? input),
      })),
    },
    [
      (node) => {
        const key = `${node.kernel}|${node.inputs.map(({ id }) => id).join(',')}|${JSON.stringify(node.attributes)}`;
        const known = seen.get(key);
        if (known === undefined) seen.set(key, node.outputs);
        return known;
      },
    ],
  );
  return { ...shared, outputs: shared.outputs.map((output) => canonical.get(output) ?? output) };
}
