import * as tf from '@tensorflow/tfjs';
import {
  dropout,
  Linear,
  shapeOf,
  truncatedNormal,
  within,
  type ChoiceScorer,
  type ForwardOptions,
  type LinearLayer,
  type ParameterSource,
  type SequenceClassifier,
  type SequenceInputs,
  type SpanPredictor,
  type TokenClassifier,
} from '@cloze/core';
import type { BertConfig } from './config.ts';
import { BertModel, pooledOf, type BertOutputs } from './model.ts';

/** BERT with a linear head on the pooled output: classes, or one number for each sequence; section 4.1 of the paper. */
export class BertForSequenceClassification implements SequenceClassifier {
  readonly model: BertModel;
  readonly classifier: LinearLayer;
  readonly dropout: number;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'));
    this.classifier = linearHead(config, config.numLabels, source.at('classifier'));
    this.dropout = config.classifierDropout;
  }

  /**
   * `logits` [B, numLabels].
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(inputs: SequenceInputs, options: ForwardOptions = {}): BertOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const kept = dropout(pooledOf(outputs), this.dropout, within(options, 'dropout').key);
    return { ...outputs, logits: this.classifier.forward(kept, within(options, 'classifier')) };
  }
}

/** BERT with a linear head on every token, for example for named entities; section 5.3 of the paper. */
export class BertForTokenClassification implements TokenClassifier {
  readonly model: BertModel;
  readonly classifier: LinearLayer;
  readonly dropout: number;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'), { hasPooler: false });
    this.classifier = linearHead(config, config.numLabels, source.at('classifier'));
    this.dropout = config.classifierDropout;
  }

  /**
   * `logits` [B, T, numLabels].
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(inputs: SequenceInputs, options: ForwardOptions = {}): BertOutputs & { readonly logits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const kept = dropout(outputs.lastHiddenState, this.dropout, within(options, 'dropout').key);
    return { ...outputs, logits: this.classifier.forward(kept, within(options, 'classifier')) };
  }
}

/** BERT that finds the answer to a question in a text: each token is scored as its begin and as its end; section 4.2 of the paper. */
export class BertForQuestionAnswering implements SpanPredictor {
  readonly model: BertModel;
  /** [D, 2], begin and end. */
  readonly span: LinearLayer;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'), { hasPooler: false });
    this.span = linearHead(config, 2, source.at('span'));
  }

  /**
   * `startLogits` and `endLogits` [B, T].
   *
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(
    inputs: SequenceInputs,
    options: ForwardOptions = {},
  ): BertOutputs & { readonly startLogits: tf.Tensor; readonly endLogits: tf.Tensor } {
    const outputs = this.model.forward(inputs, within(options, 'model'));
    const scores = this.span.forward(outputs.lastHiddenState, within(options, 'span')); // [B, T, 2]
    const column = (index: number): tf.Tensor => tf.squeeze(tf.slice(scores, [0, 0, index], [-1, -1, 1]), [2]);
    return { ...outputs, startLogits: column(0), endLogits: column(1) };
  }
}

/** BERT that chooses among answers, each in a sequence of its own with what it answers; section 4.4 of the paper. */
export class BertForMultipleChoice implements ChoiceScorer {
  readonly model: BertModel;
  readonly classifier: LinearLayer;
  readonly dropout: number;

  constructor(config: BertConfig, source: ParameterSource) {
    this.model = new BertModel(config, source.at('model'));
    this.classifier = linearHead(config, 1, source.at('classifier'));
    this.dropout = config.classifierDropout;
  }

  /**
   * @param inputs [B, C, T] each.
   * @returns `logits` [B, C]; `hiddenStates` [B * C, T, D], choices of a question side by side.
   * @throws {ShapeError} see {@link BertModel}.
   */
  forward(
    { inputIds, attentionMask, tokenTypeIds }: SequenceInputs,
    options: ForwardOptions = {},
  ): Pick<BertOutputs, 'hiddenStates'> & { readonly logits: tf.Tensor } {
    const [batchSize, numChoices, length] = shapeOf(inputIds, 3, 'BertForMultipleChoice: inputIds');
    const flatten = (tensor: tf.Tensor | undefined): tf.Tensor | undefined =>
      tensor && tf.reshape(tensor, [-1, length]);
    const outputs = this.model.forward(
      {
        inputIds: tf.reshape(inputIds, [-1, length]),
        attentionMask: flatten(attentionMask),
        tokenTypeIds: flatten(tokenTypeIds),
      },
      within(options, 'model'),
    );
    const kept = dropout(pooledOf(outputs), this.dropout, within(options, 'dropout').key); // [B * C, D]
    const scores = this.classifier.forward(kept, within(options, 'classifier'));
    return { hiddenStates: outputs.hiddenStates, logits: tf.reshape(scores, [batchSize, numChoices]) };
  }
}

function linearHead({ hiddenSize, initializerRange }: BertConfig, numOutputs: number, source: ParameterSource): Linear {
  return new Linear(hiddenSize, numOutputs, source, { initializer: truncatedNormal(initializerRange) });
}
