#!/usr/bin/env node
// The door to the command line. Apart from it because an old Node must be told so before it meets syntax that it cannot read.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Expected Node 20.19 or newer, got ${process.versions.node}. Install a newer Node and run again.\n`,
  );
  process.exitCode = 2;
} else {
  import('../dist/src/cli/main.js')
    .then((cli) => cli.main(process.argv.slice(2)))
    .then(
      (code) => {
        process.exitCode = code;
      },
      (error) => {
        const missing = error?.code === 'ERR_MODULE_NOT_FOUND' && !String(error.message).includes('node_modules');
        const hint = 'elevenproof is not built, or not wholly. Run: npm run build';
        process.stderr.write(missing ? `${hint}\n` : `internal error: ${error?.stack ?? error}\n`);
        process.exitCode = 70;
      },
    );
}
