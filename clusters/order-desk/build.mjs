/** Bundles the order desk into one file and puts its Dockerfile beside it: dist/order-desk is all that an image needs. */
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, '../../dist/order-desk');

await mkdir(out, { recursive: true });
await build({
  entryPoints: [join(here, 'src/main.ts')],
  outfile: join(out, 'order-desk.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  loader: { '.sql': 'text' },
  // pg asks for it and lives without.
  external: ['pg-native'],
  // Libraries inside are CommonJS and ask for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await copyFile(join(here, 'Dockerfile'), join(out, 'Dockerfile'));
await copyFile(join(here, 'schema.sql'), join(out, 'schema.sql'));
