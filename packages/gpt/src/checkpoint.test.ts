import { unexpectedNames } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { gptCheckpointNames } from './checkpoint.ts';
import { gpt1, gpt2Small } from './presets.ts';

describe('gptCheckpointNames', () => {
  it('maps fields to published names', () => {
    const { entries } = gptCheckpointNames(gpt2Small, 'causal-language-modeling');
    expect(entries['model.layers.11.attention.queryKeyValue.weight']).toEqual({
      name: 'transformer.h.11.attn.c_attn.weight',
    });
    expect(gptCheckpointNames(gpt1, 'base').entries['positionEmbedding.weight']).toEqual({
      name: 'transformer.positions_embed.weight',
    });
    expect(Object.keys(entries)).not.toContain('model.layers.12.attention.output.weight');
    expect(Object.keys(entries)).not.toContain('score.weight');
  });

  it('finds the token table under the name of the head that it is tied to', () => {
    const { entries } = gptCheckpointNames(gpt1, 'double-heads');
    expect(entries['model.tokenEmbedding.weight']).toEqual({
      name: 'transformer.tokens_embed.weight',
      aliases: ['lm_head.weight'],
    });
  });

  it('reads past what is no parameter, and past nothing else', () => {
    const file = [
      'h.0.attn.bias',
      'transformer.h.11.attn.masked_bias',
      'lm_head.weight',
      'wte.weight',
      'h.12.ln_1.bias',
      'classifier.weight',
    ];
    expect(unexpectedNames(file, gptCheckpointNames(gpt2Small, 'base'))).toEqual([
      'h.12.ln_1.bias',
      'classifier.weight',
    ]);
  });
});
