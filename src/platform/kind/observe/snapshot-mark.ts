/** Sees that a snapshot of etcd has been taken: the file that it leaves on a control plane. */
import type { Stop } from '../../../domain/event.ts';
import type { SiteGround } from '../ground.ts';
import { snapshotPath } from '../snapshot-path.ts';
import type { KindWorld } from '../world.ts';
import { every } from './every.ts';
import type { Teller } from './teller.ts';

/** Period of the look at one node, ms; they take turns. */
const lookMs = 1_000;

/** Looks until a snapshot is there: that one was taken stays true. The engine looks at the file itself, no command is started. */
export function followSnapshot({ clock, engine }: KindWorld, site: SiteGround, teller: Teller): Stop {
  const nodes = site.machines.filter(({ role }) => role === 'control-plane');
  let turn = 0;
  let looking = false;
  const subject = { site: site.name };
  const look = async () => {
    if (looking) return;
    looking = true;
    const { container } = nodes[turn++ % nodes.length]!;
    const found = await engine.docker
      .getContainer(container)
      .infoArchive({ path: snapshotPath })
      .then(() => true)
      .catch(() => false);
    looking = false;
    if (found || turn >= nodes.length) teller.tell([{ fact: 'etcd.snapshot', subject, value: found }], clock.now());
    if (found) stop();
  };
  const stop = every(clock, lookMs, 0, () => void look());
  return () => stop();
}
