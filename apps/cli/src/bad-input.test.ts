import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloze, jsonLines, temporaryFolder, textFile } from './fixtures/run-cloze.ts';

/** What a failing call says; the folder's name is taken out. */
function failure(args: readonly string[], folder: string): { status: number | null; stderr: string } {
  const { status, stdout, stderr } = cloze(args, { cwd: folder });
  expect(stdout).not.toContain('step 1');
  return { status, stderr: stderr.replaceAll(folder, 'FOLDER').trimEnd() };
}

describe('bad input gets one clear sentence and the right exit code', () => {
  it('of the command line', async () => {
    const folder = await temporaryFolder();
    const data = await textFile(folder);
    const say = (...args: string[]): string => {
      const { status, stderr } = failure(args, folder);
      return `${status}: ${stderr}`;
    };
    expect([
      say('pretran'),
      say('pretrain', '--step', '5'),
      say('pretrain', '--steps', 'many'),
      say('pretrain', '--steps', '0'),
      say('pretrain', '--dropout', '1'),
      say('pretrain', '--family', 'bird'),
      say('pretrain', '--preset', 'nanoo'),
      say('pretrain', '--data', data, '--sequence-length', '128'),
      say('pretrain', '--learning-rate', '0.001', '--min-learning-rate', '0.01'),
      say('generate', 'Hello'),
      say('generate', '--model', 'x', '--top-p', '2', 'Hello'),
      say('check'),
    ]).toMatchInlineSnapshot(`
      [
        "2: USAGE: There is no command "pretran". Did you mean pretrain?",
        "2: USAGE: Unknown option '--step'. Did you mean --steps?",
        "2: USAGE: --steps must be a whole number of at least 1, got "many". See cloze pretrain --help.",
        "2: USAGE: --steps must be a whole number of at least 1, got "0". See cloze pretrain --help.",
        "2: USAGE: --dropout must be a number from 0 to below 1, got "1". See cloze pretrain --help.",
        "2: USAGE: --family must be one of elmo, bert, gpt, bart, t5, glm, got "bird". See cloze pretrain --help.",
        "2: USAGE: --preset must be one of nano, tiny, mini, small, gpt2-small, gpt2-medium, gpt2-large, gpt2-xl, gpt1 for the family gpt, got "nanoo". Choose one of these; nano is the smallest.",
        "2: USAGE: --sequence-length must be at most 64, the positions of the preset nano, got 128. Shorten the sequences, or take a preset with more positions, as mini.",
        "2: USAGE: --min-learning-rate must be at most --learning-rate (0.001), got 0.01. Lower it, or leave it out.",
        "2: USAGE: Required option '--model <folder>' not specified. Run it with --help to see what it takes.",
        "2: USAGE: --top-p must be a number from 0 to 1, got "2". See cloze generate --help.",
        "2: USAGE: There must be a path to check, got none. Name files or folders, or use --stdin-list.",
      ]
    `);
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  }, 300_000);

  it('of files', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'empty.txt'), '');
    await writeFile(join(folder, 'binary.txt'), Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 1));
    await writeFile(join(folder, 'latin1.txt'), Buffer.from('Gr\u00fc\u00dfe', 'latin1'));
    await writeFile(join(folder, 'short.txt'), 'too short');
    await mkdir(join(folder, 'folder'));
    const say = (...args: string[]): string => {
      const { status, stderr } = failure(args, folder);
      return `${status}: ${stderr}`;
    };
    expect([
      say('pretrain', '--data', 'missing.txt'),
      say('pretrain', '--data', 'empty.txt'),
      say('pretrain', '--data', 'binary.txt'),
      say('pretrain', '--data', 'latin1.txt'),
      say('pretrain', '--data', 'folder'),
      say('pretrain', '--data', 'short.txt', '--out', 'run'),
      say('generate', '--model', 'missing', 'Hello'),
      say('generate', '--model', 'folder', 'Hello'),
      say('tokenizer', 'encode', '--tokenizer', 'folder', 'short.txt'),
      say('forward', 'folder', '--inputs', 'missing.safetensors', '--output', 'out.safetensors'),
      say('checkpoint', 'list', 'folder'),
    ]).toMatchInlineSnapshot(`
      [
        "3: DATA_INVALID: missing.txt: The file must exist, found none. Check the path; it is relative to the working directory.",
        "3: DATA_INVALID: empty.txt: The file must hold text, got 0 bytes. Check how it was written, or leave it out.",
        "3: DATA_INVALID: binary.txt @ byte 4: Text must not hold NUL bytes, got one: this is a binary file. Convert the file to UTF-8 text.",
        "3: DATA_INVALID: latin1.txt @ byte 2: Text must be UTF-8, got the byte 0xfc that begins no character. Convert the file to UTF-8 text.",
        "3: DATA_INVALID: folder: Data must be a regular file, got a folder or a device. Name the files in it one by one.",
        "3: DATA_INVALID: short.txt: The text must hold at least 65 tokens for training, as one example of this --sequence-length needs, got 9. Add text, or shorten --sequence-length.",
        "3: DATA_INVALID: missing: The model folder must exist, found none. Check the path.",
        "6: CHECKPOINT_CORRUPT: folder: A model folder must hold config.json, found none. Name the folder of a model.",
        "3: DATA_INVALID: folder: A tokenizer must be a tokenizer.json or a folder with one, found none. Check the path after --tokenizer.",
        "3: DATA_INVALID: missing.safetensors: The file must exist, found none. Check the path after --inputs.",
        "3: DATA_INVALID: folder: The folder must hold checkpoints, found none. Name the folder after --out of a run.",
      ]
    `);
  }, 300_000);

  it('of config files, with file, line and column', async () => {
    const folder = await temporaryFolder();
    const say = async (text: string): Promise<string> => {
      await writeFile(join(folder, 'run.yaml'), text);
      const { status, stderr } = failure(['pretrain', '--config', 'run.yaml', '--data', 'missing.txt'], folder);
      return `${status}: ${stderr}`;
    };
    expect([
      await say('# settings\nsteps: 20\nlearning-rat: 3e-4\n'),
      await say('steps: 20\nbatch-size: many\n'),
      await say('steps: [1, {}]\n'),
      await say('steps: 1\nsteps: 2\n'),
      await say('- steps\n'),
      await say('steps: "'),
      // Sound settings: the next thing that is wrong is the data.
      await say('steps: 20\nlearning-rate: 3e-4\nresume: false\n'),
    ]).toMatchInlineSnapshot(`
      [
        "2: CONFIG_INVALID: run.yaml: line 3, column 1: There is no setting "learning-rat". Did you mean "learning-rate"?",
        "2: CONFIG_INVALID: run.yaml: line 2, column 13: batch-size must be a whole number from 1 to 1000000, got "many". See cloze pretrain --help.",
        "2: CONFIG_INVALID: run.yaml: line 1, column 8: The setting "steps" must be a text, a number, true, false, or a list of these. Write it on one line.",
        "2: CONFIG_INVALID: run.yaml: line 2, column 1: Map keys must be unique. Correct the YAML there.",
        "2: CONFIG_INVALID: run.yaml: line 1, column 1: The file must hold settings as "name: value". Write one setting per line.",
        "2: CONFIG_INVALID: run.yaml: line 1, column 9: Missing closing "quote. Correct the YAML there.",
        "3: DATA_INVALID: missing.txt: The file must exist, found none. Check the path; it is relative to the working directory.",
      ]
    `);
    expect(failure(['pretrain', '--config', 'none.yaml'], folder)).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "CONFIG_INVALID: none.yaml: The config file cannot be read (ENOENT: no such file or directory, open 'none.yaml'). Check the path after --config.",
      }
    `);
  }, 300_000);

  it('as one JSON object with --json', async () => {
    const folder = await temporaryFolder();
    const { status, stdout, stderr } = cloze(['pretrain', '--data', 'missing.txt', '--json'], { cwd: folder });
    expect([status, stdout]).toEqual([3, '']);
    expect(jsonLines(stderr)).toEqual([
      {
        code: 'DATA_INVALID',
        exitCode: 3,
        message:
          'DATA_INVALID: missing.txt: The file must exist, found none. Check the path; it is relative to the working directory.',
        hint: 'Check the path; it is relative to the working directory.',
        file: 'missing.txt',
      },
    ]);
    expect(jsonLines(cloze(['pretrain', '--stepz', '--json']).stderr)).toMatchObject([{ code: 'USAGE', exitCode: 2 }]);
  });

  it('of a run that is there already, or that has other settings', async () => {
    const folder = await temporaryFolder();
    const data = await textFile(folder);
    const tiny = [
      'pretrain',
      '--tokenizer',
      'characters',
      '--batch-size',
      '2',
      '--sequence-length',
      '8',
      '--threads',
      '1',
    ];
    expect(cloze([...tiny, '--data', data, '--out', 'run', '--steps', '2'], { cwd: folder }).status).toBe(0);
    expect(failure([...tiny, '--data', data, '--out', 'run'], folder)).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "USAGE: The folder run holds a run already. Go on with it (--resume), or choose another folder (--out).",
      }
    `);
    expect(failure(['pretrain', '--resume', '--out', 'run', '--learning-rate', '1'], folder)).toMatchInlineSnapshot(`
      {
        "status": 2,
        "stderr": "USAGE: A resumed run keeps its settings: learningRate was 0.001, got 1. Leave it out, or start a new run in another folder.",
      }
    `);
    await writeFile(data, 'Another text altogether. '.repeat(50));
    expect(cloze(['pretrain', '--resume', '--out', 'run'], { cwd: folder }).stderr).toMatch(
      /^CHECKPOINT_MISMATCH: The data must be that of the run/,
    );
  }, 300_000);
});
