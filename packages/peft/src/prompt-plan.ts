import {
  ConfigError,
  type CheckpointNames,
  type EncoderDecoderModel,
  type Module,
  type ParameterSource,
} from '@cloze/core';
import type { AdapterPlan, PlanOptions } from './adapter-plan.ts';
import { createPromptEncoder, promptEncoderEntries, type PTuningConfig } from './p-tuning-config.ts';
import { prefixSites } from './prefix-plan.ts';
import { promptInitializer, type PromptConfig } from './prompt-config.ts';
import { PromptTable } from './prompt-table.ts';
import { PromptedEncoderDecoder } from './prompted-encoder-decoder.ts';
import { PromptedModel, type Prompt, type TokenModel } from './prompted-model.ts';
import { findTokenTable, type TokenTable } from './token-table.ts';
import { moved, pathsOf, trainedEntries } from './trained-parameters.ts';
import { numStacks, virtualEntries, withModelSizes } from './virtual-plan.ts';
import type { VirtualTokens } from './virtual-tokens.ts';

type Options = PlanOptions & { readonly config: PromptConfig | PTuningConfig };

/** What prompt tuning or P-tuning means for one model. @throws {ConfigError} when it reads no tokens. */
export function planPrompt(model: Module, names: CheckpointNames, options: Options): AdapterPlan {
  const { config } = options;
  const table = findTokenTable(model);
  if (table === undefined) {
    throw new ConfigError({
      message: `AdapterConfig: ${config.method === 'prompt' ? 'prompt tuning' : 'P-tuning'} needs a model of tokens, before which virtual ones can stand.`,
      hint: 'Use LoRA, BitFit or the head alone.',
    });
  }
  const ofBase = trainedEntries(model, names, { config, wrapped: new Set() });
  const trained = pathsOf(ofBase, (path) => `base.${path}`);
  const network = config.method === 'p-tuning' ? promptEncoderEntries(config) : {};
  const sites = prefixSites(model);
  return {
    wrap: <M extends Module>(model: M, source: ParameterSource): M => {
      const vectors = createVectors(table, options, source.at('prompt'));
      return prompted(model, { vectors, numVirtualTokens: config.numVirtualTokens }) as M;
    },
    trained,
    names: { entries: { ...virtualEntries('prompt', network), ...moved(ofBase, trained) } },
    config: withModelSizes(config, {
      size: table.size,
      numLayers: sites.length,
      numHeads: sites[0]?.attention.numHeads ?? 1,
    }),
  };
}

function createVectors(table: TokenTable, { config, isFolded }: Options, source: ParameterSource): VirtualTokens {
  const { size } = table;
  const numVectors = config.numVirtualTokens * numStacks(config);
  if (config.method === 'p-tuning' && !isFolded) return createPromptEncoder(config, { numVectors, size }, source);
  const initialization = config.method === 'prompt' ? config.initialization : 'random';
  return new PromptTable(source.get('table', [numVectors, size], promptInitializer(initialization, table)));
}

/** What can be asked of the model can be asked of the result; it is no model of its class. */
function prompted(model: Module, prompt: Prompt): Module {
  return isEncoderDecoder(model)
    ? new PromptedEncoderDecoder(model, prompt)
    : new PromptedModel(model as TokenModel, prompt);
}

function isEncoderDecoder(model: Module): model is EncoderDecoderModel {
  return 'crossKeyValues' in model && 'decoderStartTokenId' in model;
}
