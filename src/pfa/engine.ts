import { wrongArgument } from '../core/arguments.js';
import type { Limits } from '../core/limits.js';
import { withDefaults } from '../core/limits.js';
import { readJson } from '../wire/json.js';
import type { Program } from './ast.js';
import { initializationError } from './complaints.js';
import { readAvroSource } from './data/avro-file.js';
import { decodeJson } from './data/json.js';
import { fromPlain, toPlain } from './data/plain.js';
import { typeJsonText } from './data/type-json.js';
import { badDatum, noSuchFunction, wrongMethod } from './datum-errors.js';
import type { PfaDocument } from './document.js';
import { PfaTimeoutError } from './errors.js';
import { type Analysis, analyseProgram, type EngineSymbols, type Phase } from './evaluate/analyse.js';
import { Budget, type CellState, checkpointOf, type PoolState, type Runtime } from './evaluate/runtime.js';
import type { Random } from './library/function.js';
import { seededRandom } from './library/random.js';
import { readProgram } from './parse/program.js';
import { locate, readPfa, readPfaText } from './read.js';
import { cellState, initialCells, initialPools, type LoadSource, poolState, withState } from './state.js';
import { type AvroType, type Fn, newMap, type Value, type ValueMap } from './types.js';
import { rootWhere } from './where.js';

export interface PfaOptions {
  /** Seed of the random functions; without it the document's `randseed`, else a seed of the moment. */
  readonly seed?: number | bigint;
  /** Receives what documents of method "emit" emit. */
  readonly emit?: (value: unknown) => void;
  /** Receives what `log` writes: the values and the namespace, null if there is none. */
  readonly log?: (values: unknown[], namespace: string | null) => void;
  readonly limits?: Partial<Limits>;
  /** Milliseconds that a begin, action or end may take; the document's own `options.timeout` can only be shorter. */
  readonly timeout?: number;
  /** false leaves out the static check until something is scored. Default true. */
  readonly check?: boolean;
  /** Fetches the file that a cell or pool of source "json" or "avro" names. Without it such documents do not start. */
  readonly load?: (location: string) => Uint8Array;
}

/** What is common to the instances of one document. */
interface Shared {
  readonly document: PfaDocument;
  readonly program: Program;
  readonly options: PfaOptions;
  readonly cells: Map<string, CellState>;
  readonly pools: Map<string, PoolState>;
  analysis: Analysis | undefined;
}

/** A PFA scoring engine: one instance with its own cells, pools, random numbers and tally. */
export class PfaEngine {
  /** The types of the input and the output, resolved. */
  readonly input: AvroType;
  readonly output: AvroType;
  readonly method: 'map' | 'emit' | 'fold';
  /** Which of several instances it is, from 0. */
  readonly instance: number;
  private readonly shared: Shared;
  private readonly cells = new Map<string, CellState>();
  private readonly pools = new Map<string, PoolState>();
  private readonly budget = new Budget();
  private readonly limits: Limits;
  private readonly random: Random;
  private runtime: Runtime | undefined;
  private phases: { begin: Run; action: Run; end: Run; merge?: Run } | undefined;
  private started = 0;
  private finished = 0;
  private current: Value = null;

  private constructor(shared: Shared, instance: number) {
    const { program, options } = shared;
    this.shared = shared;
    this.instance = instance;
    this.method = program.method;
    this.input = program.input.resolved as AvroType;
    this.output = program.output.resolved as AvroType;
    this.limits = withDefaults(options.limits);
    const seed = options.seed ?? program.randseed;
    this.random = seededRandom(seed === undefined ? undefined : BigInt(Math.trunc(Number(seed))) + BigInt(instance));
  }

  /** An engine from a document: its text (JSON, YAML or PrettyPFA), its bytes, or what was read. Throws Pfa*Error. */
  static from(text: string | Uint8Array | PfaDocument, options: PfaOptions = {}): PfaEngine {
    return PfaEngine.instances(text, 1, options)[0] as PfaEngine;
  }

  /** Several engines of one document, which share the cells and pools that are marked as shared. */
  static instances(text: string | Uint8Array | PfaDocument, count: number, options: PfaOptions = {}): PfaEngine[] {
    const document = documentFrom(text, options.limits);
    return guard(document, () => {
      const program = readProgram(rootWhere(document.root));
      const shared: Shared = { document, program, options, cells: new Map(), pools: new Map(), analysis: undefined };
      if (options.check !== false) shared.analysis = analyseProgram(program);
      const engines = Array.from({ length: count }, (_, index) => new PfaEngine(shared, index));
      if (options.check !== false) for (const engine of engines) engine.prepare();
      return engines;
    });
  }

  /** The input type as an Avro schema (plain JSON: a name, an object, or a list for a union). */
  get inputType(): unknown {
    return JSON.parse(typeJsonText(this.input));
  }

  /** The output type as an Avro schema. */
  get outputType(): unknown {
    return JSON.parse(typeJsonText(this.output));
  }

  get program(): Program {
    return this.shared.program;
  }

  get name(): string {
    return this.shared.program.name;
  }

  /** Runs the document's `begin`. */
  begin(): void {
    this.run('begin', () => this.prepared().begin(this.symbols({})));
  }

  /**
   * Scores one datum. Method map: the output. Fold: the tally. Emit: undefined, the outputs go to `options.emit`.
   * A failed action changes no cell or pool that is marked with `rollback`.
   */
  action(datum: unknown): unknown {
    const value = this.actionOn(this.taken(datum, this.input));
    return this.method === 'emit' ? undefined : this.given(value);
  }

  /** `action` for a datum that is already in the engine's own form, with the result in that form too. */
  actionOn(input: Value): Value {
    const { action } = this.prepared();
    this.started += 1;
    const value = this.run('action', () =>
      action(
        this.symbols({ input, actionsStarted: this.started, actionsFinished: this.finished, tally: this.current }),
      ),
    );
    this.finished += 1;
    if (this.method === 'fold') this.current = value;
    return value;
  }

  /** Runs the document's `end`. */
  end(): void {
    const { end } = this.prepared();
    this.run('end', () =>
      end(this.symbols({ actionsStarted: this.started, actionsFinished: this.finished, tally: this.current })),
    );
  }

  /** Joins two tallies of a fold; the result is also the engine's tally from then on. */
  merge(tallyOne: unknown, tallyTwo: unknown): unknown {
    const { merge } = this.prepared();
    if (merge === undefined) throw wrongMethod('merge', this.method);
    const symbols = this.symbols({
      tallyOne: this.taken(tallyOne, this.output),
      tallyTwo: this.taken(tallyTwo, this.output),
    });
    this.current = this.run('action', () => merge(symbols));
    return this.given(this.current);
  }

  /** The tally of a fold, null for other methods. */
  get tally(): unknown {
    this.prepared();
    return this.given(this.current);
  }

  set tally(value: unknown) {
    if (this.method !== 'fold') throw wrongMethod('the tally', this.method);
    this.prepared();
    this.current = this.taken(value, this.output);
  }

  /** The values of all cells and the items of all pools at this moment. */
  snapshot(): { cells: Record<string, unknown>; pools: Record<string, Record<string, unknown>> } {
    this.prepared();
    const cells = newMap();
    const pools = newMap();
    for (const [name, cell] of this.cells) cells[name] = cell.value;
    for (const [name, pool] of this.pools) pools[name] = Object.assign(newMap(), Object.fromEntries(pool.items));
    return {
      cells: this.given(cells) as Record<string, unknown>,
      pools: this.given(pools) as Record<string, Record<string, unknown>>,
    };
  }

  /** Puts a snapshot back into this instance. Cells and pools that it does not name keep their values. */
  restore(snapshot: { cells?: Record<string, unknown>; pools?: Record<string, Record<string, unknown>> }): void {
    this.prepared();
    const { program } = this.shared;
    for (const [name, value] of Object.entries(snapshot.cells ?? {})) {
      const cell = this.cells.get(name);
      if (cell === undefined) throw badDatum(`$.cells.${name}`, 'a cell of the document', `"${name}"`);
      cell.value = this.taken(value, program.cells.get(name)?.type.resolved as AvroType, `$.cells.${name}`);
    }
    for (const [name, items] of Object.entries(snapshot.pools ?? {})) {
      const pool = this.pools.get(name);
      if (pool === undefined) throw badDatum(`$.pools.${name}`, 'a pool of the document', `"${name}"`);
      const type = program.pools.get(name)?.type.resolved as AvroType;
      pool.items = new Map(
        Object.entries(items).map(([key, value]) => [key, this.taken(value, type, `$.pools.${name}.${key}`)]),
      );
    }
  }

  /** Calls one of the document's functions, named with or without `u.`. */
  callFunction(name: string, args: readonly unknown[] = []): unknown {
    this.prepared();
    const bare = name.startsWith('u.') ? name.slice(2) : name;
    const def = this.shared.program.fcns.get(bare);
    const holder = this.runtime?.fcns.get(bare);
    if (def === undefined || holder === undefined) throw noSuchFunction(name, [...this.shared.program.fcns.keys()]);
    if (args.length !== def.params.length) {
      throw badDatum('$', `${def.params.length} arguments`, String(args.length));
    }
    const values = def.params.map(({ type }, index) =>
      this.taken(args[index], type.resolved as AvroType, `$.${index}`),
    );
    return this.given(this.run('action', () => holder.body(...values)));
  }

  /**
   * The document with the state of this moment as its initial state: cells, pools, and the tally of a fold. An engine of
   * it goes on where this one stands, its counters and random numbers apart.
   */
  stateDocument(): PfaDocument {
    this.prepared();
    return guard(this.shared.document, () =>
      withState(this.shared.document, this.shared.program, this.cells, this.pools, this.current),
    );
  }

  /** A caller's value in the engine's form. */
  private taken(value: unknown, type: AvroType, path?: string): Value {
    return guard(this.shared.document, () => fromPlain(value, type, path));
  }

  /** A value of the engine's as the caller's own. */
  private given(value: Value): unknown {
    return guard(this.shared.document, () => toPlain(value));
  }

  private symbols(own: Partial<EngineSymbols>): EngineSymbols {
    const { name, version, metadata } = this.shared.program;
    return { name, instance: this.instance, version, metadata: metadata as ValueMap, ...own };
  }

  private run<T>(phase: 'begin' | 'action' | 'end', body: () => T): T {
    const runtime = this.runtime as Runtime;
    const { program, options } = this.shared;
    const timeout = Math.min(program.timeouts[phase] ?? Infinity, options.timeout ?? Infinity);
    this.budget.start(this.limits.steps, Number.isFinite(timeout) ? timeout : undefined);
    const rollBack = checkpointOf(runtime);
    try {
      return guard(this.shared.document, body);
    } catch (error) {
      rollBack();
      throw error;
    }
  }

  private prepared() {
    if (this.phases === undefined) guard(this.shared.document, () => this.prepare());
    return this.phases as NonNullable<typeof this.phases>;
  }

  /** Fills cells and pools and builds the code of this instance. */
  private prepare(): void {
    const { shared, random, budget } = this;
    const { program, options } = shared;
    shared.analysis ??= analyseProgram(program);
    this.fillStores();
    const fcns = new Map<string, { body: Fn }>();
    const runtime: Runtime = {
      random,
      spend: (steps) => budget.spend(steps),
      cells: this.cells,
      pools: this.pools,
      fcns,
      emit: (value) => options.emit?.(toPlain(value)),
      log: (values, _types, namespace) => options.log?.(values.map(toPlain), namespace),
    };
    for (const [name, make] of shared.analysis.fcns) {
      const holder = { body: (): Value => null };
      fcns.set(name, holder);
      Object.assign(holder, { body: make(runtime) });
    }
    const { begin, action, end, merge } = shared.analysis;
    const made = (phase: Phase): Run => phase.make(runtime);
    this.runtime = runtime;
    this.phases = {
      begin: made(begin),
      action: made(action),
      end: made(end),
      ...(merge === undefined ? {} : { merge: made(merge) }),
    };
    if (program.zero !== undefined && this.method === 'fold') {
      this.current = decodeJson(program.zero, this.output, (where, expected) => {
        throw initializationError(where, '"zero" does not fit the output type', { expected });
      });
    }
  }

  private fillStores(): void {
    const { program, cells, pools } = this.shared;
    const load = loader(this.shared.options);
    const pick = <T>(shared: boolean, known: Map<string, T>, name: string, make: () => T): T => {
      if (!shared) return make();
      const found = known.get(name) ?? make();
      known.set(name, found);
      return found;
    };
    for (const [name, value] of initialCells(program.cells, load)) {
      const store = program.cells.get(name);
      if (store !== undefined)
        this.cells.set(
          name,
          pick(store.shared, cells, name, () => cellState(store, value)),
        );
    }
    for (const [name, items] of initialPools(program.pools, load)) {
      const store = program.pools.get(name);
      if (store !== undefined)
        this.pools.set(
          name,
          pick(store.shared, pools, name, () => poolState(store, items)),
        );
    }
  }
}

function documentFrom(text: string | Uint8Array | PfaDocument, limits: Partial<Limits> | undefined): PfaDocument {
  if (typeof text === 'string') return readPfaText(text, limits);
  if (text instanceof Uint8Array) return readPfa(text, limits);
  if (typeof text === 'object' && text !== null && typeof text.root?.kind === 'string') return text;
  throw wrongArgument(
    'the document of an engine',
    'text, bytes or what readPfa gave',
    text,
    'give a document that is an object as text: JSON.stringify(document)',
  );
}

type Run = (symbols: EngineSymbols) => Value;

function loader(options: PfaOptions): LoadSource {
  return (source, at, type) => {
    const location = (at.node as { value: string }).value;
    const misfit = (expected: string): never => {
      throw initializationError(at, `the data of "${location}" do not fit their type`, { expected });
    };
    if (options.load === undefined) {
      throw initializationError(at, `"${location}" cannot be fetched`, { hint: 'give options.load' });
    }
    const bytes = options.load(location);
    if (source === 'avro') return readAvroSource(bytes, type, misfit);
    const root = readJson(new TextDecoder().decode(bytes), options.limits);
    return decodeJson(rootWhere(root), type, (_, expected) => misfit(expected));
  };
}

/** Adds places to errors, and turns an exhausted stack or too large a value into an error of PFA's own. */
function guard<T>(document: PfaDocument, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof RangeError) {
      const deep = /call stack/i.test(error.message);
      throw new PfaTimeoutError(
        deep
          ? 'functions call each other, or values are nested, too deeply'
          : 'a value is larger than the machine can hold',
        { cause: error },
      );
    }
    throw locate(error, document);
  }
}
