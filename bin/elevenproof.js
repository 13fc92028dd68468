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

// Where an error arose, if that was in a file that is none of ours.
function foreignPlace(error) {
  const frame = error instanceof Error && /file:\/\/(\/[^\n)]*:\d+:\d+)/.exec(String(error.stack));
  if (!frame || frame[0].indexOf(new URL('..', import.meta.url).href) === 0) return undefined;
  return plain(decodeURI(frame[1]));
}

function plain(text) {
  return String(text).replace(/[^\x20-\x7e\u00a0-\u1fff\u2030-\ufefe]/g, ' ');
}

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Expected Node 20.19 or newer, got ${process.versions.node}. Install a newer Node and run again.\n`,
  );
  process.exitCode = 2;
} else {
  let settled = false;
  // Node itself would end with 1, which means *missed* here.
  process.on('uncaughtException', (error) => {
    const place = foreignPlace(error);
    if (place === undefined) fail(error);
    else {
      process.stderr.write(`${place}  The scenario file threw after it was loaded: ${plain(error.message)}\n`);
      process.exitCode = 2;
    }
    settled = true;
    process.exit();
  });
  // A scenario file may end the process, or wait for what never comes: silence would look like success.
  let idle = false;
  process.on('beforeExit', () => {
    idle = true;
  });
  process.on('exit', (code) => {
    // 4, 5 and 70 are ends of our own: an interrupt that leaves at once, an internal error.
    if (settled || code === 4 || code === 5 || code === 70) return;
    const why = idle ? 'something waits for ever' : 'a scenario file ended it';
    process.stderr.write(`The process ended before the command did: ${why}.\n`);
    process.exitCode = idle ? 70 : 2;
  });
  import('../dist/src/cli/main.js')
    .then((cli) => cli.main(process.argv.slice(2)))
    .then((code) => {
      settled = true;
      process.exitCode = code;
    }, fail);
}
