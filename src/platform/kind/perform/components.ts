/** Processes of Kubernetes' components on a node: found in its process table, killed, held down, frozen. Apart from a database's, which lives in a pod. */
import { OperatingError } from '../../../base/errors.ts';
import type { Component } from '../../../domain/action.ts';
import { goneFrom, isStopped, nameProcesses, type Process, parseComponent, systemdUnits } from './process-table.ts';
import { signal } from './signals.ts';
import { unlessOff } from './unless-off.ts';
import { type Doing, type Job, machine, targetOf } from './verb.ts';

/** Where each component listens on its node's loopback; containerd has no port. Source: kubeadm's and the kubelet's defaults. */
const ports: Readonly<Partial<Record<Component, number>>> = {
  etcd: 2379,
  'kube-apiserver': 6443,
  'kube-controller-manager': 10257,
  'kube-scheduler': 10259,
  kubelet: 10250,
};

/** Folder on the node for manifests that we took away from the kubelet. A file in it is our mark. */
const heldFolder = '/etc/kubernetes/elevenproof-held';
const manifestFolder = '/etc/kubernetes/manifests';
/** Our mark on a unit of systemd: it lives in memory, so a node that starts again is released. */
const dropIn = (unit: string) => `/run/systemd/system/${unit}.service.d/99-elevenproof-held.conf`;

/** Two lines per process with this name: stat and command line. Then `open` or `refused` for the port, and `held` if our mark is there. */
const lookScript = `
for dir in /proc/[0-9]*; do
  read -r name 2>/dev/null <"$dir/comm" || continue
  [ "$name" = "\${1:0:15}" ] || continue
  cat "$dir/stat" 2>/dev/null && { tr '\\0' ' ' <"$dir/cmdline"; echo; } 2>/dev/null
done
if [ -n "$2" ]; then (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null && echo open || echo refused; fi
[ -e "$3" ] && echo held
exit 0`;

/** A component of a node as it stands. */
export interface Sight {
  readonly processes: readonly Process[];
  readonly refused: boolean;
  readonly held: boolean;
}

interface Member {
  readonly look: () => Promise<Sight>;
  readonly send: (name: 'KILL' | 'STOP' | 'CONT', processes: readonly Process[]) => Promise<void>;
  readonly run: (script: string) => Promise<string>;
  /** Opens what acts, so that the act takes no time. */
  readonly ready: () => Promise<void>;
  readonly component: Component;
  readonly container: string;
  readonly says: string;
}

function memberOf({ world, action, hands, eyes }: Job): Member {
  const { node, component } = targetOf(action, 'component');
  const { container } = machine(world, node);
  const args = [component, String(ports[component] ?? ''), markOf(component)];
  const look = async (): Promise<Sight> => {
    const text = await eyes.run(container, lookScript, args);
    const lines = text.split('\n');
    const processes = parseComponent(text, component);
    return { processes, refused: lines.includes('refused'), held: lines.includes('held') };
  };
  return {
    look,
    send: (name, processes) => signal(hands, container, name, processes),
    run: (script) => hands.run(container, script),
    ready: () => hands.open([container]),
    component,
    container,
    says: `${component} on ${node}`,
  };
}

/** The component that an action is about, as it stands now. */
export function look(job: Job): Promise<Sight> {
  return memberOf(job).look();
}

const isUnit = (component: Component) => systemdUnits.includes(component);
const markOf = (component: Component) => (isUnit(component) ? dropIn(component) : `${heldFolder}/${component}.yaml`);

async function running(member: Member): Promise<readonly Process[]> {
  const [{ processes }] = await Promise.all([member.look(), member.ready()]);
  if (processes.length === 0) throw new OperatingError(`No process of ${member.says} runs`);
  return processes;
}

/** SIGKILL; kubelet or systemd may start it again. */
export async function killComponent(job: Job): Promise<Doing> {
  const member = memberOf(job);
  const before = await running(member);
  return {
    act: () => member.send('KILL', before),
    probe: async () => {
      const now = await member.look();
      if (goneFrom(before, now.processes).length < before.length) return undefined;
      return `${nameProcesses(before)} gone, ${after(now)}`;
    },
  };
}

function after({ processes, refused }: Sight): string {
  if (processes.length > 0) return `${nameProcesses(processes)} in its place`;
  return refused ? 'port refused' : 'nothing in its place';
}

/** SIGKILL, after its supervisor was told not to start it again: the manifest out of the kubelet's folder, or `Restart=no` for systemd. */
export async function holdComponent(job: Job): Promise<Doing> {
  const member = memberOf(job);
  const before = await running(member);
  return {
    act: async () => {
      await member.run(holdScript(member.component));
      await member.send('KILL', before);
    },
    probe: async () => {
      const now = await member.look();
      if (!now.held || now.processes.length > 0) return undefined;
      return `${nameProcesses(before)} gone, ${after(now)}`;
    },
  };
}

/** What keeps the supervisor from starting a component again, as a script. Twice is once. */
export function holdScript(component: Component): string {
  const mark = markOf(component);
  if (isUnit(component))
    return `set -e; mkdir -p "$(dirname ${mark})"; printf '[Service]\\nRestart=no\\n' >${mark}; systemctl daemon-reload`;
  const manifest = `${manifestFolder}/${component}.yaml`;
  return `set -e; mkdir -p ${heldFolder}; if [ -e ${manifest} ]; then mv ${manifest} ${mark}; fi`;
}

/** Takes back what {@link holdScript} did, if our mark is there. A unit is started before the mark goes: a crash in between is healed by doing it again. */
export function releaseScript(component: Component): string {
  const mark = markOf(component);
  const undo = isUnit(component)
    ? `systemctl reset-failed ${component} || true; systemctl start --no-block ${component}; rm -f ${mark}; systemctl daemon-reload`
    : `mv ${mark} ${manifestFolder}/${component}.yaml`;
  return `set -e; if [ -e ${mark} ]; then ${undo}; fi`;
}

/** Lets the supervisor start it again. */
export async function releaseComponent(job: Job): Promise<Doing> {
  const member = memberOf(job);
  const doing: Doing = {
    act: () => member.run(releaseScript(member.component)).then(() => {}),
    probe: async () => ((await member.look()).held ? undefined : 'its supervisor may start it'),
  };
  return isUnit(member.component) ? unlessOff(job.world, member.container, doing) : doing;
}

/** SIGSTOP: sockets stay open, nothing answers. */
export async function pauseComponent(job: Job): Promise<Doing> {
  const member = memberOf(job);
  const before = await running(member);
  return {
    act: () => member.send('STOP', before),
    probe: async () => {
      const { processes } = await member.look();
      const stopped = before.every((old) => processes.some((now) => now.pid === old.pid && isStopped(now)));
      return stopped ? `${nameProcesses(before)} stopped` : undefined;
    },
  };
}

/** SIGCONT to whatever of it is stopped; nothing to do when it was restarted meanwhile. */
export async function resumeComponent(job: Job): Promise<Doing> {
  const member = memberOf(job);
  const stopped = async () => (await member.look()).processes.filter(isStopped);
  return unlessOff(job.world, member.container, {
    act: async () => member.send('CONT', await stopped()),
    probe: async () => ((await stopped()).length === 0 ? 'no process of it is stopped' : undefined),
  });
}
