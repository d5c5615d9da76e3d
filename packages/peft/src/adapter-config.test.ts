import { describe, expect, it } from 'vitest';
import { parseAdapterConfig, toAdapterConfigJson } from './adapter-config.ts';

describe('parseAdapterConfig', () => {
  it('reads what Hugging Face PEFT writes, and writes it back with what it does not know', () => {
    const json = {
      peft_type: 'LORA',
      task_type: 'SEQ_CLS',
      inference_mode: true,
      r: 4,
      lora_alpha: 16,
      lora_dropout: 0.1,
      bias: 'lora_only',
      use_rslora: true,
      use_dora: false,
      rank_pattern: { 'h.0.*': 2 },
      alpha_pattern: {},
      target_modules: ['c_attn'],
      exclude_modules: null,
      layers_to_transform: 3,
      layers_pattern: 'h',
      modules_to_save: ['classifier', 'score'],
      fan_in_fan_out: true,
      megatron_core: 'megatron.core',
      loftq_config: {},
    };
    const config = parseAdapterConfig(json);
    expect(config).toMatchObject({
      method: 'lora',
      rank: 4,
      biases: 'changed',
      layersToTransform: [3],
      layersPattern: ['h'],
    });
    expect(toAdapterConfigJson(config)).toEqual({ ...json, layers_to_transform: [3], layers_pattern: ['h'] });
  });

  it("takes the family's usual layers where none are named", () => {
    expect(parseAdapterConfig({ peft_type: 'LORA', target_modules: null }).targetModules).toContain('q_proj');
    expect(parseAdapterConfig({ peft_type: 'IA3' })).toMatchObject({
      method: 'ia3',
      targetModules: [
        'key',
        'value',
        'c_attn',
        'query_key_value',
        'k_proj',
        'v_proj',
        'k',
        'v',
        'output.dense',
        'mlp.c_proj',
        'wo',
        'fc2',
        'dense_4h_to_h',
      ],
    });
  });

  it.each([
    [{}],
    [{ peft_type: 'LOHA' }],
    [{ peft_type: 'LORA', r: 0 }],
    [{ peft_type: 'LORA', lora_bias: true }],
    [{ peft_type: 'LORA', target_modules: [1] }],
    [{ peft_type: 'LORA', layers_to_transform: ['0'] }],
    [{ peft_type: 'LORA', task_type: 3 }],
    [{ peft_type: 'LORA', rank_pattern: { q: 'two' } }],
    [{ peft_type: 'IA3', feedforward_modules: [7] }],
    [{ peft_type: 'BOTTLENECK', activation: 'swish' }],
  ])('refuses %j', (json) => {
    expect(() => parseAdapterConfig(json as Parameters<typeof parseAdapterConfig>[0])).toThrowErrorMatchingSnapshot();
  });
});
