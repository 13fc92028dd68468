#!/usr/bin/env node
// The door to the command line. Apart from it because an old Node must be told so before it meets syntax that it cannot read.
const [major, minor] = process.versions.node.split('.').map(Number);

// Neither `?.` nor `??` here: an old Node could not even read them.
function fail(error) {
  const missing =
    error instanceof Error && error.code === 'ERR_MODULE_NOT_FOUND' && !String(error.message).includes('node_modules');
  const text = missing
    ? 'elevenproof is not built, or not wholly. Run: npm run build'
    : `internal error: ${error instanceof Error ? error.stack : error}`;
  process.stderr.write(`${text}\n`);
  process.exitCode = 70;
}

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Expected Node 20.19 or newer, got ${process.versions.node}. Install a newer Node and run again.\n`,
  );
  process.exitCode = 2;
} else {
  // Node itself would end with 1, which means *missed* here.
  process.on('uncaughtException', (error) => {
    fail(error);
    process.exit();
  });
  // A scenario file may end the process, or wait for what never comes: silence would look like success.
  let settled = false;
  process.on('exit', (code) => {
    if (settled || code !== 0) return;
    process.stderr.write('The process ended before the command did: a scenario file ended it, or waits for ever.\n');
    process.exitCode = 70;
  });
  import('../dist/src/cli/main.js')
    .then((cli) => cli.main(process.argv.slice(2)))
    .then((code) => {
      settled = true;
      process.exitCode = code;
    }, fail);
}
