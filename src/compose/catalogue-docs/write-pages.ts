/** Writes `docs/twins.md` and `docs/scenarios.md` from the catalogue, running every scenario and every twin once, and `docs/agreement.md` from the records in `docs/agreement/`. A program of its own: `npm run docs`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/host.ts';
import { agreementPage, keptRecords } from './agreement-page.ts';
import { type Entry, measure, readEntries } from './measure.ts';
import { scenariosPage } from './scenarios-page.ts';
import { twinsPage } from './twins-page.ts';

const measured: Entry[] = [];
for (const entry of await readEntries()) measured.push(await measure(entry));
writeFileSync(join(projectRoot(), 'docs', 'twins.md'), twinsPage(measured));
writeFileSync(join(projectRoot(), 'docs', 'scenarios.md'), scenariosPage(measured));
const agreement = agreementPage(await keptRecords(join(projectRoot(), 'docs', 'agreement')));
if (agreement !== undefined) writeFileSync(join(projectRoot(), 'docs', 'agreement.md'), agreement);
