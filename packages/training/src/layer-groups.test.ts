import { bartFamily } from '@cloze/bart';
import { bertFamily } from '@cloze/bert';
import {
  disposeModule,
  Linear,
  parametersOf,
  placeholderParameters,
  RandomKey,
  randomParameters,
  type ModelFamily,
  type Module,
} from '@cloze/core';
import { elmoFamily } from '@cloze/elmo';
import { createAdapter, disposeAdapter, loraConfig } from '@cloze/peft';
import { t5Family } from '@cloze/t5';
import { leaksNoTensors } from '@cloze/testing';
import { describe, expect, it } from 'vitest';
import { tinyModel, tinyNames } from './fixtures/tiny-run.ts';
import { headOf, inGroups, layerGroups } from './layer-groups.ts';

describe('layerGroups', () => {
  leaksNoTensors();

  it.each([
    ['bert', () => create(bertFamily, 'sequence-classification'), ['embeddings', 'layer 0', 'layer 1', 'head']],
    ['bert without a head', () => create(bertFamily, 'base'), ['embeddings', 'layer 0', 'layer 1']],
    ['gpt, whose head is tied', tinyModel, ['embeddings', 'layer 0', 'layer 1']],
    ['elmo', () => create(elmoFamily, 'sequence-classification'), ['embeddings', 'layer 0', 'layer 1', 'head']],
    [
      'bart',
      () => create(bartFamily, 'sequence-classification'),
      ['embeddings', 'encoder layer 0', 'encoder layer 1', 'decoder layer 0', 'decoder layer 1', 'head'],
    ],
    [
      't5',
      () => create(t5Family, 'question-answering'),
      ['embeddings', 'encoder layer 0', 'encoder layer 1', 'decoder layer 0', 'decoder layer 1', 'head'],
    ],
    ['t5, its encoder', () => create(t5Family, 'token-classification'), ['embeddings', 'layer 0', 'layer 1', 'head']],
    ['a model without layers', () => new Linear(2, 3, randomParameters(RandomKey.fromSeed(1))), ['head']],
  ])('orders the parameters of %s from bottom to top, each once', (_, createModel, names) => {
    const model = createModel();
    const groups = layerGroups(model);
    expect(groups.map(({ name }) => name)).toEqual(names);
    const grouped = groups.flatMap(({ paths }) => [...paths]);
    expect(grouped.toSorted()).toEqual(Object.keys(parametersOf(model)).sort());
    disposeModule(model);
  });

  it('counts what stands before the layers to the embeddings, and what follows them to the last layer', () => {
    expect(besidesLayers(create(bertFamily, 'sequence-classification'))).toEqual({
      embeddings: [
        'model.embeddings.tokens.weight',
        'model.embeddings.positions.weight',
        'model.embeddings.tokenTypes.weight',
        'model.embeddings.norm.weight',
        'model.embeddings.norm.bias',
      ],
      'layer 1': ['model.pooler.dense.weight', 'model.pooler.dense.bias'],
      head: ['classifier.weight', 'classifier.bias'],
    });
    expect(besidesLayers(create(t5Family, 'question-answering'))).toEqual({
      embeddings: [
        'model.tokenEmbedding.weight',
        'model.encoder.relativePositionBias.table.weight',
        'model.decoder.relativePositionBias.table.weight',
      ],
      'encoder layer 1': ['model.encoder.finalNorm.weight'],
      'decoder layer 1': ['model.decoder.finalNorm.weight'],
      head: ['score.weight', 'score.bias'],
    });
    expect(besidesLayers(create(elmoFamily, 'sequence-classification'))['head']).toEqual([
      'mix.scalars.0',
      'mix.scalars.1',
      'mix.scalars.2',
      'mix.gamma',
      'score.weight',
      'score.bias',
    ]);
  });

  it('finds an adapter in the layers that it adapts', () => {
    const base = tinyModel();
    const adapter = createAdapter(base, tinyNames, { config: loraConfig(), key: RandomKey.fromSeed(1) });
    const [, first] = layerGroups(adapter.model);
    expect([...(first?.paths ?? [])].filter(adapter.trainable)).toHaveLength(2);
    disposeAdapter(adapter);
    disposeModule(base);
  });
});

describe('headOf', () => {
  leaksNoTensors();

  it('may leave out what is not trained', () => {
    const model = create(bartFamily, 'conditional-generation');
    const isBuffer = (path: string): boolean => path === 'finalLogitsBias';
    expect(Object.keys(parametersOf(model, headOf(model)))).toEqual(['finalLogitsBias']);
    expect(() => headOf(model, (path) => !isBuffer(path))).toThrow('found none above its layers');
    expect(layerGroups(model, (path) => !isBuffer(path)).at(-1)?.name).toBe('decoder layer 1');
    disposeModule(model);
  });

  it('selects what stands above the layers', () => {
    const model = create(bertFamily, 'sequence-classification');
    expect(Object.keys(parametersOf(model, headOf(model)))).toEqual(['classifier.weight', 'classifier.bias']);
    expect(Object.keys(parametersOf(model, inGroups(layerGroups(model).slice(-1))))).toEqual([
      'classifier.weight',
      'classifier.bias',
    ]);
    disposeModule(model);
  });

  it('says that there is none', () => {
    const model = tinyModel();
    expect(() => headOf(model)).toThrowErrorMatchingInlineSnapshot(
      `[ConfigError: CONFIG_INVALID: The model must have a head with parameters of its own, found none above its layers. Name the parameters to be trained first, or train all from the beginning.]`,
    );
    disposeModule(model);
  });
});

/** The smallest preset. */
function create<Config extends object, Models extends object, Task extends keyof Models & string>(
  family: ModelFamily<Config, Models>,
  task: Task,
): Models[Task] {
  const [preset] = Object.values(family.presets);
  if (preset === undefined) throw new Error('no preset');
  return family.create(preset, task, placeholderParameters());
}

/** By group; frees the model. */
function besidesLayers(model: Module): Record<string, readonly string[]> {
  const groups = layerGroups(model).map(
    ({ name, paths }) => [name, [...paths].filter((path) => !/ayers\.\d/.test(path))] as const,
  );
  disposeModule(model);
  return Object.fromEntries(groups.filter(([, paths]) => paths.length > 0));
}
