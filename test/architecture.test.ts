/** The layout as rules: who may import whom, which calls are banned where, how files open. Apart from the parts' own tests because it reads source text. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Source {
  /** Relative to the project: `src/sim/queue.ts`. */
  readonly path: string;
  /** Folder below `src/`, or the file's name for one directly in it. */
  readonly part: string;
  readonly text: string;
  /** Comments and the insides of strings blanked; line numbers stay. */
  readonly code: string;
  readonly imports: readonly Import[];
}

interface Import {
  readonly from: string;
  /** Path of the file when it is ours. */
  readonly file?: string;
  readonly typeOnly: boolean;
  readonly lazy: boolean;
}

const sources = read('src');

function read(folder: string): readonly Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return { path, part: path.split('/')[1] ?? '', text, code: blanked(text), imports: importsOf(path, text) };
    });
}

/** Comments and strings blanked. Template literals keep what stands between `${` and `}` out, too: code in there is short. */
function blanked(text: string): string {
  const pattern = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
  return text.replace(pattern, (match) => match.replace(/[^\n]/g, ' '));
}

function importsOf(path: string, text: string): readonly Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?'([^']+)'/gm);
  const calls = text.matchAll(/(?<!typeof )\bimport\(\s*'([^']+)'\s*\)/g);
  const types = text.matchAll(/typeof import\(\s*'([^']+)'\s*\)/g);
  const resolved = (from: string) =>
    from.startsWith('.') ? { file: join(dirname(path), from).replaceAll('\\', '/') } : {};
  return [
    ...[...statements].map(([, type, from]) => ({
      from: from!,
      ...resolved(from!),
      typeOnly: type !== undefined,
      lazy: false,
    })),
    ...[...calls].map(([, from]) => ({ from: from!, ...resolved(from!), typeOnly: false, lazy: true })),
    ...[...types].map(([, from]) => ({ from: from!, ...resolved(from!), typeOnly: true, lazy: true })),
  ];
}

/** What each part may import beside itself. Two parts of one floor never name each other. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  domain: ['base'],
  kind: ['base'],
  faults: ['domain', 'base'],
  objectives: ['domain', 'base'],
  sim: ['domain', 'base'],
  platform: ['domain', 'base', 'kind'],
  load: ['domain', 'base', 'kind'],
  judge: ['objectives', 'domain', 'base'],
  run: ['judge', 'domain', 'base'],
  report: ['judge', 'domain', 'base'],
  compose: ['run', 'report', 'platform', 'load', 'judge', 'faults', 'objectives', 'sim', 'domain', 'kind', 'base'],
};
const everything = [...Object.keys(mayImport)];
const top: Readonly<Record<string, readonly string[]>> = {
  cli: everything,
  vitest: everything,
  'index.ts': everything,
};
const allowed: Readonly<Record<string, readonly string[]>> = { ...mayImport, ...top };

/** Ways through the floors that the design names. */
function isException(source: Source, imported: Import): boolean {
  const file = imported.file ?? '';
  const adapter = /^src\/(platform|load)\/simulated\//.test(source.path) && file.startsWith('src/sim/');
  const port = source.part === 'run' && imported.typeOnly && ports.includes(file);
  return adapter || port;
}

const ports = ['src/platform/platform.ts', 'src/load/load-driver.ts'];

const ours = (file: string) => file.split('/')[1] ?? '';

describe('this reader', () => {
  test('finds imports in every form', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { b } from './b.ts';",
      "import {\n  c,\n} from '../c.ts';",
      "export * from './d.ts';",
      "export type { e } from './e.ts';",
      "import './f.ts';",
      "const g = await import('./g.ts');",
    ].join('\n');
    const found = importsOf('src/x/y.ts', text).map((each) => [each.file, each.typeOnly, each.lazy]);
    expect(found).toEqual([
      ['src/x/a.ts', false, false],
      ['src/x/b.ts', true, false],
      ['src/c.ts', false, false],
      ['src/x/d.ts', false, false],
      ['src/x/e.ts', true, false],
      ['src/x/f.ts', false, false],
      ['src/x/g.ts', false, true],
    ]);
  });

  test('does not take comments and strings for code', () => {
    expect(blanked("a // Date\nb('Date') /* Date\n*/ c `Date`").replace(/\s+/g, ' ').trim()).toBe('a b( ) c');
  });
});

describe('floors', () => {
  test('every folder of src/ has its floor', () => {
    expect(sources.map((source) => source.part).filter((part) => allowed[part] === undefined)).toEqual([]);
  });

  test('a part imports only parts below it', () => {
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((each) => each.file?.startsWith('src/') && ours(each.file) !== source.part)
        .filter((each) => !(allowed[source.part] ?? []).includes(ours(each.file!)) && !isException(source, each))
        .map((each) => `${source.path} → ${each.file}`),
    );
    expect(wrong).toEqual([]);
  });

  test('nothing in src/ imports scenarios, tests, benches or examples by name', () => {
    const outside = sources.flatMap((source) =>
      source.imports
        .filter((each) => each.file !== undefined && !each.file.startsWith('src/'))
        .map((each) => `${source.path} → ${each.file}`),
    );
    expect(outside).toEqual([]);
  });

  test('no model of the simulator knows scenario, fault, objective or story', () => {
    const hidden = /^src\/domain\/(?:define-)?(?:scenario|fault|objective|story)s?\.ts$/;
    const wrong = sources
      .filter((source) => source.path.startsWith('src/sim/models/'))
      .flatMap((source) =>
        source.imports.filter((each) => hidden.test(each.file ?? '')).map((each) => `${source.path} → ${each.file}`),
      );
    expect(wrong).toEqual([]);
  });

  test('heavy libraries are loaded only where they are used', () => {
    const heavy = [
      'execa',
      'zod',
      'xmlbuilder',
      '@kubernetes/client-node',
      'testcontainers',
      'allure-js-commons',
      'echarts',
    ];
    // Schemas are themselves loaded lazily.
    const own = ['src/report/record-schema.ts', 'src/report/calibration-schema.ts'];
    const eager = sources
      .filter((source) => !own.includes(source.path))
      .flatMap((source) =>
        source.imports
          .filter(
            (each) =>
              !each.lazy &&
              !each.typeOnly &&
              heavy.some((name) => each.from === name || each.from.startsWith(`${name}/`)),
          )
          .map((each) => `${source.path} → ${each.from}`),
      );
    expect(eager).toEqual([]);
  });

  test('the entry of the command line loads next to nothing', () => {
    const reached = new Set<string>();
    const visit = (path: string) => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const each of sources.find((source) => source.path === path)?.imports ?? [])
        if (!each.lazy && !each.typeOnly) visit(each.file ?? each.from);
    };
    visit('src/cli/main.ts');
    const known = [
      'src/cli/main.ts',
      'src/cli/help-text.ts',
      'src/cli/invocation.ts',
      'src/cli/io.ts',
      'src/base/host.ts',
      'src/base/errors.ts',
    ];
    expect([...reached].filter((path) => !known.includes(path) && !path.startsWith('node:'))).toEqual([]);
  });
});

/** Lines of code (not comments, not strings) that match, as `file:line  text`. */
function lines(within: (path: string) => boolean, pattern: RegExp): readonly string[] {
  return sources
    .filter((source) => within(source.path))
    .flatMap((source) =>
      source.code
        .split('\n')
        .flatMap((line, i) => (pattern.test(line) ? [`${source.path}:${i + 1}  ${line.trim()}`] : [])),
    );
}

const under =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(`src/${folder}/`));

describe('banned calls', () => {
  test('simulator and domain know no wall clock and no foreign randomness', () => {
    expect(
      lines(
        under('sim', 'domain'),
        /\bDate\b|\bMath\.random\b|\bperformance\b|\bset(?:Timeout|Interval|Immediate)\b|\bcrypto\b/,
      ),
    ).toEqual([]);
  });

  test('simulator and domain calculate only with what every engine calculates alike', () => {
    const inexact =
      /\bMath\.(?:exp|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b|\*\*/;
    expect(lines(under('sim', 'domain'), inexact)).toEqual([]);
  });

  test('nothing that decides a run depends on locale or time zone', () => {
    const deciding = under('sim', 'domain', 'judge', 'objectives', 'faults', 'run', 'base', 'platform', 'load');
    expect(lines(deciding, /\.localeCompare\b|\.toLocale\w*\b|\bIntl\./)).toEqual([]);
  });

  test('processes are started only where outside programs are wrapped', () => {
    const starters = sources.filter((source) =>
      source.imports.some((each) => /^(?:node:)?child_process$|^execa$/.test(each.from)),
    );
    expect(
      starters.map((source) => source.path).filter((path) => !under('base', 'compose', 'kind', 'load/k6')(path)),
    ).toEqual([]);
  });

  test('kubectl is started by nothing', () => {
    const naming = sources.filter((source) => /['"`]kubectl['"`]/.test(source.text));
    expect(naming.map((source) => source.path)).toEqual([]);
  });

  test('only command line and reports may write to the console', () => {
    expect(lines((path) => !under('cli', 'report')(path), /\bconsole\./)).toEqual([]);
  });

  test('what serves every platform does not ask which one it is', () => {
    const asking =
      /(?:[!=]==|\bcase)\s*['"`](?:simulated|kind|kubeconfig)['"`]|['"`](?:simulated|kind|kubeconfig)['"`]\s*[!=]==/;
    const shared = under('faults', 'objectives', 'judge', 'run', 'report', 'domain');
    const wrong = sources.filter((source) => shared(source.path) && asking.test(source.text));
    expect(wrong.map((source) => source.path)).toEqual([]);
  });

  test('every scenario leaves the platform alone, too', () => {
    const naming = read('scenarios').filter((source) => /\bplatform\b/.test(source.code));
    expect(naming.map((source) => source.path)).toEqual([]);
  });
});

describe('files', () => {
  test('every file opens with its concept', () => {
    const bare = [...sources, ...read('scenarios')].filter(
      (source) => !/^(?:#![^\n]*\n)?\/\*\*\s*(?:\* )?\S/.test(source.text),
    );
    expect(bare.map((source) => source.path)).toEqual([]);
  });

  test('every export says what it is', () => {
    const declared =
      /^export (?:declare )?(?:default )?(?:async )?(?:abstract )?(?:function|const|let|interface|type|class)\b(?! ?\{)/;
    const bare = sources.flatMap((source) => {
      const all = source.text.split('\n');
      return all.flatMap((line, i) =>
        declared.test(line) && !documented(all, i) ? [`${source.path}:${i + 1}  ${line}`] : [],
      );
    });
    expect(bare).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    const long = sources.map((source) => ({ path: source.path, lines: source.text.split('\n').length - 1 }));
    const tooLong = long.filter((each) => each.lines > (ratchet[each.path] ?? linesMax) && !lists.includes(each.path));
    expect(tooLong.map((each) => `${each.path}: ${each.lines}`)).toEqual([]);
  });

  test('the list of longer files only shrinks', () => {
    const lengths = new Map(sources.map((source) => [source.path, source.text.split('\n').length - 1]));
    const needless = Object.keys(ratchet).filter((path) => (lengths.get(path) ?? 0) <= linesMax);
    expect(needless).toEqual([]);
  });

  test('no file or folder is named after nothing', () => {
    const vague = /(?:^|[/-])(?:utils?|helpers?|common|managers?|misc|impl)(?:[./-]|$)/;
    expect(sources.map((source) => source.path).filter((path) => vague.test(path))).toEqual([]);
  });

  test('names are kebab-case', () => {
    expect(
      sources.map((source) => source.path).filter((path) => !/^[a-z0-9]+(?:[/-][a-z0-9]+)*\.ts$/.test(path)),
    ).toEqual([]);
  });
});

const linesMax = 300;

/** Catalogues: one list each, read from top to bottom, as long as what they list. */
const lists: readonly string[] = ['src/domain/fact.ts', 'src/sim/model.ts'];

/** Files that are longer than they should be, with their length. May only get shorter; leave the list when below the bound. */
const ratchet: Readonly<Record<string, number>> = {};

/** Whether a docstring ends directly above the line; a linter's directive may stand between. */
function documented(all: readonly string[], at: number): boolean {
  let above = at - 1;
  while (/^\s*\/\/ biome-ignore/.test(all[above] ?? '')) above--;
  return (all[above] ?? '').trimEnd().endsWith('*/');
}
