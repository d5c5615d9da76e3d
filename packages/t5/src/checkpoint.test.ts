import { unexpectedNames } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { t5Family } from './family.ts';
import { t5Base, t5V11Base } from './presets.ts';

describe('t5CheckpointNames', () => {
  it('maps fields to published names', () => {
    const { entries } = t5Family.checkpointNames(t5V11Base, 'conditional-generation');
    expect(entries['model.decoder.layers.11.crossAttention.query.weight']).toEqual({
      name: 'decoder.block.11.layer.1.EncDecAttention.q.weight',
      transpose: true,
    });
    expect(entries['model.decoder.layers.3.feedForward.gate.weight']?.name).toBe(
      'decoder.block.3.layer.2.DenseReluDense.wi_0.weight',
    );
    expect(entries['model.encoder.layers.3.feedForwardNorm.weight']?.name).toBe(
      'encoder.block.3.layer.1.layer_norm.weight',
    );
    expect(entries['head.weight']).toEqual({ name: 'lm_head.weight', transpose: true });
  });

  it('reads past what is no parameter, and past nothing else', () => {
    const file = [
      'encoder.embed_tokens.weight',
      'decoder.embed_tokens.weight',
      'decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight',
      'decoder.block.12.layer.0.layer_norm.weight',
      'lm_head.weight',
    ];
    const unexpected = (config: typeof t5Base, task: keyof typeof t5Family.architectures): string[] =>
      unexpectedNames(file, t5Family.checkpointNames(config, task));
    expect(unexpected(t5Base, 'conditional-generation')).toEqual(file.slice(3));
    expect(unexpected(t5V11Base, 'conditional-generation')).toEqual(file.slice(3, 4));
    expect(unexpected(t5V11Base, 'base')).toEqual(file.slice(3, 4));
    expect(unexpected(t5V11Base, 'encoder')).toEqual([]);
  });
});
