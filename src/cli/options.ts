import {
  FORMAT_NAMES,
  type FormatName,
  formatNamed,
  formatOfName,
  type Limits,
  load,
  loadRows,
  type Model,
  SamescoreError,
  type Table,
} from '../index.js';

/** Options of the commands that read a model. */
export const READ_OPTIONS = {
  from: { type: 'string', choices: FORMAT_NAMES, describe: 'Format of the model; recognised where it is not given' },
  'max-depth': { type: 'number', describe: 'Deepest nesting that is read', default: 1000 },
  'max-bytes': { type: 'number', describe: 'Largest model that is read, in bytes after decompression' },
  'max-steps': { type: 'number', describe: 'Most steps of one prediction: loops, calls, subgraphs' },
  'max-elements': { type: 'number', describe: 'Largest tensor that a prediction makes, in elements' },
} as const;

export interface ReadArguments {
  readonly from?: string | undefined;
  readonly maxDepth?: number | undefined;
  readonly maxBytes?: number | undefined;
  readonly maxSteps?: number | undefined;
  readonly maxElements?: number | undefined;
}

export function limitsOf(options: ReadArguments): Partial<Limits> {
  return {
    ...(options.maxDepth === undefined ? {} : { depth: options.maxDepth }),
    ...(options.maxBytes === undefined ? {} : { bytes: options.maxBytes }),
    ...(options.maxSteps === undefined ? {} : { steps: options.maxSteps }),
    ...(options.maxElements === undefined ? {} : { tensorElements: options.maxElements }),
  };
}

export function loadModel(path: string, options: ReadArguments): Promise<Model> {
  const format = options.from as FormatName | undefined;
  return load(path, { limits: limitsOf(options), ...(format === undefined ? {} : { format }) });
}

/** The format to write: as asked, else as the file's name says. Raises cli/which-format. */
export function targetFormat(path: string, asked: string | undefined): FormatName {
  const format = asked === undefined ? formatOfName(path) : formatNamed(asked);
  if (format !== undefined) return format.name;
  throw new SamescoreError(
    'cli/which-format',
    'usage',
    `the name ${JSON.stringify(path)} does not tell the format to write`,
    {
      hint: 'end it in .onnx, .pmml or .pfa, or say --to onnx, pmml or pfa',
    },
  );
}

export function loadTable(path: string | undefined, delimiter: string | undefined): Promise<Table> | undefined {
  return path === undefined ? undefined : loadRows(path, delimiter === undefined ? {} : { delimiter });
}

/** `--pair a=b` options as a map. Raises cli/bad-pair. */
export function pairsOf(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined || pairs.length === 0) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) {
        throw new SamescoreError('cli/bad-pair', 'usage', `"${pair}" does not pair two outputs`, {
          hint: 'write --pair outputOfA=outputOfB',
        });
      }
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export function oneStdin(): SamescoreError {
  return new SamescoreError('cli/one-stdin', 'usage', 'only one of the models can come from standard input', {
    hint: 'give the other one as a file',
  });
}
