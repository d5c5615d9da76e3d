import {
  checkpointParameters,
  disposeModule,
  parametersOf,
  placeholderParameters,
  toCheckpointTensors,
  unexpectedNames,
  type HostTensor,
} from '@cloze/core';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { bertCheckpointNames, type BertTask } from './checkpoint.ts';
import { bertFamily } from './family.ts';
import { bertBase, bertTiny } from './presets.ts';

const config = { ...bertTiny, vocabSize: 7, maxPositions: 4, hiddenSize: 8, intermediateSize: 12 };
const tasks = Object.keys(bertFamily.architectures) as BertTask[];

/** What a pre-trained file holds. */
async function pretrained(): Promise<Map<string, HostTensor>> {
  const model = bertFamily.create(config, 'pre-training', placeholderParameters());
  const tensors = await toCheckpointTensors(parametersOf(model), bertCheckpointNames(config, 'pre-training'));
  disposeModule(model);
  return tensors;
}

describe('bertCheckpointNames', () => {
  leaksNoTensors();

  it('maps fields to published names', () => {
    const { entries } = bertCheckpointNames(bertBase, 'masked-language-modeling');
    expect(entries['model.layers.11.attention.query.weight']).toEqual({
      name: 'bert.encoder.layer.11.attention.self.query.weight',
      transpose: true,
    });
    expect(entries['model.embeddings.norm.bias']).toEqual({
      name: 'bert.embeddings.LayerNorm.bias',
      aliases: ['bert.embeddings.LayerNorm.beta'],
    });
    expect(Object.keys(entries)).not.toContain('model.layers.12.attention.query.weight');
    expect(Object.keys(entries)).not.toContain('model.pooler.dense.weight');
    expect(bertCheckpointNames(bertBase, 'base').entries['pooler.dense.bias']).toEqual({ name: 'pooler.dense.bias' });
  });

  it('reads past position ids, tied copies and what other tasks need, and past nothing else', () => {
    const file = [
      'bert.embeddings.position_ids',
      'cls.predictions.decoder.weight',
      'cls.predictions.decoder.bias',
      'bert.pooler.dense.bias',
      'cls.seq_relationship.weight',
      'encoder.layer.2.output.dense.bias',
      'classifier.weight',
    ];
    const unexpected = (task: BertTask): string[] => unexpectedNames(file, bertCheckpointNames(config, task));
    expect(unexpected('masked-language-modeling')).toEqual(['encoder.layer.2.output.dense.bias', 'classifier.weight']);
    expect(unexpected('sequence-classification')).toEqual(['encoder.layer.2.output.dense.bias']);
  });

  it.each(tasks)(
    'takes the body for %s from a pre-trained file, and only its own head from elsewhere',
    async (task) => {
      const missing: string[] = [];
      const source = checkpointParameters(await pretrained(), bertCheckpointNames(config, task), {
        missing: placeholderParameters(),
        onMissing: (path) => missing.push(path),
      });
      disposeModule(bertFamily.create(config, task, source));
      const heads: Partial<Record<BertTask, string>> = {
        'sequence-classification': 'classifier',
        'token-classification': 'classifier',
        'multiple-choice': 'classifier',
        'question-answering': 'span',
      };
      const head = heads[task];
      expect(missing).toEqual(head === undefined ? [] : [`${head}.weight`, `${head}.bias`]);
    },
  );

  it('reads the names of old files', async () => {
    const old = new Map(
      [...(await pretrained())].map(([name, tensor]) => [
        name
          .replace('LayerNorm.weight', 'LayerNorm.gamma')
          .replace('LayerNorm.bias', 'LayerNorm.beta')
          .replace(/^bert\./, ''),
        tensor,
      ]),
    );
    expect(old.has('embeddings.LayerNorm.gamma')).toBe(true);
    const source = checkpointParameters(old, bertCheckpointNames(config, 'pre-training'));
    disposeModule(bertFamily.create(config, 'pre-training', source));
  });
});
