import { unexpectedNames } from '@cloze/core';
import { describe, expect, it } from 'vitest';
import { bartCheckpointNames } from './checkpoint.ts';
import { bartBase } from './presets.ts';

describe('bartCheckpointNames', () => {
  it('maps fields to published names', () => {
    const { entries } = bartCheckpointNames(bartBase, 'conditional-generation');
    expect(entries['model.decoder.layers.5.crossAttention.output.weight']).toEqual({
      name: 'model.decoder.layers.5.encoder_attn.out_proj.weight',
      transpose: true,
    });
    expect(entries['model.encoder.embeddings.norm.weight']).toEqual({
      name: 'model.encoder.layernorm_embedding.weight',
    });
    expect(entries['finalLogitsBias']).toEqual({ name: 'final_logits_bias', fileShape: [1, 50265], isBuffer: true });
    expect(Object.keys(entries)).not.toContain('model.encoder.layers.0.crossAttention.output.weight');
    expect(Object.keys(entries)).not.toContain('model.encoder.layers.6.feedForward.up.weight');
  });

  it('reads past what is no parameter, and past nothing else', () => {
    const file = [
      'encoder.version',
      'model.decoder.version',
      'decoder.embed_tokens.weight',
      'lm_head.weight',
      'model.final_logits_bias',
      'encoder.layers.6.fc1.bias',
      'qa_outputs.bias',
    ];
    expect(unexpectedNames(file, bartCheckpointNames(bartBase, 'base'))).toEqual(file.slice(-2));
    expect(unexpectedNames(['final_logits_bias'], bartCheckpointNames(bartBase, 'question-answering'))).toEqual([]);
  });
});
