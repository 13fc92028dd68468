/** Machines and the processes of Kubernetes on them: power, pauses, and who restarts what. Apart because every other model only asks what runs. */
import type { Cancel } from '../../base/clock.ts';
import { type Component, components } from '../../domain/action.ts';
import type { NodeSpec, Site } from '../../domain/topology.ts';
import { type HostTimes, idleHost } from '../host-times.ts';
import { createSignal, type Kernel } from '../kernel.ts';
import type { BackOff, Machines, NodeName, Power, ProcessState } from '../model.ts';
import { createBackOff } from './machines/back-off.ts';

/** ms, PLEG relist period: the kubelet sees an exit up to this late. kubernetes/kubernetes pkg/kubelet/kubelet.go. Longer: slower restarts. */
const relistMs = 1_000;
/** ms, `RestartSec=1s` in kind's images/base kubelet.service. Longer: the kubelet is away longer. */
const systemdRestartMs = 1_000;
/** ms, from exec to a running daemon; calibrate. */
const daemonStartMs = { min: 100, max: 500 };
/** ms, from the start of a kubelet to its first sync of static pods; calibrate. Longer: a booted control plane returns later. */
const kubeletInitMs = { min: 1_000, max: 3_000 };
/** ms, container entrypoint and systemd of a kind node until its daemons start; calibrate. Longer: powered-on nodes return later. */
const bootMs = { p50: 4_000, p95: 8_000 };
/** ms, a hung static pod: up to 10 s until the next liveness probe, 8 probes of 15 s each, then 30 s grace before SIGKILL. kubernetes/kubernetes cmd/kubeadm/app/util/staticpod/utils.go. Longer: a paused process is replaced later. */
const hungLiveness = { periodMs: 10_000, probesMs: 8 * 15_000, graceMs: 30_000 };

const daemons: readonly Component[] = ['kubelet', 'containerd'];

interface Process {
  readonly component: Component;
  readonly daemon: boolean;
  state: ProcessState;
  pid: number;
  startedMs: number;
  earliestMs: number;
  backOff: BackOff;
  cancelStart: Cancel | undefined;
  cancelLiveness: Cancel | undefined;
}

interface Machine {
  readonly node: NodeName;
  power: Power;
  nextPid: number;
  kubeletReadyMs: number;
  readonly processes: ReadonlyMap<Component, Process>;
}

/** All machines of the sites: on, with every process of their role running since time 0. Names that do not exist throw a RangeError. */
export function createMachines(kernel: Kernel, sites: readonly Site[], host: HostTimes = idleHost): Machines {
  const random = kernel.random('machines');
  const changed: Machines['changed'] = createSignal();
  const machines = new Map<NodeName, Machine>();
  for (const site of sites)
    for (const node of site.nodes) machines.set(node.name, createMachine(node, random.int(200, 900)));

  const find = (node: NodeName): Machine => {
    const machine = machines.get(node);
    if (machine === undefined) throw new RangeError(`Expected a node of the topology, got "${node}"`);
    return machine;
  };
  const alive = (process: Process) => process.state === 'running' || process.state === 'paused';
  const runs = (machine: Machine, component: Component) => machine.processes.get(component)?.state === 'running';
  const canStart = (machine: Machine) =>
    machine.power === 'on' && runs(machine, 'kubelet') && runs(machine, 'containerd');
  const tell = (machine: Machine, component: Component) => changed.emit({ node: machine.node, component });

  const start = (machine: Machine, process: Process) => {
    process.cancelStart = undefined;
    if (process.state !== 'down' || !(process.daemon ? machine.power === 'on' : canStart(machine))) return;
    process.state = 'running';
    machine.nextPid += random.int(1, 40);
    process.pid = machine.nextPid;
    process.startedMs = kernel.now();
    if (process.daemon) daemonStarted(machine, process);
    tell(machine, process.component);
  };
  const daemonStarted = (machine: Machine, daemon: Process) => {
    if (daemon.component === 'kubelet') forgetBackOffs(machine);
    planAll(machine);
  };
  /** The back-off lives in the kubelet's memory: a new kubelet starts dead containers at once. */
  const forgetBackOffs = (machine: Machine) => {
    machine.kubeletReadyMs = kernel.now() + random.int(kubeletInitMs.min, kubeletInitMs.max);
    for (const process of machine.processes.values()) {
      if (process.daemon) continue;
      process.backOff = createBackOff();
      process.earliestMs = kernel.now();
    }
  };
  const plan = (machine: Machine, process: Process) => {
    process.cancelStart?.();
    process.cancelStart = undefined;
    if (process.state !== 'down' || machine.power !== 'on') return;
    if (process.daemon) {
      const delay = random.int(daemonStartMs.min, daemonStartMs.max);
      process.cancelStart = kernel.at(Math.max(kernel.now(), process.earliestMs) + delay, () =>
        start(machine, process),
      );
    } else if (canStart(machine)) {
      const seen = Math.max(kernel.now() + random.int(0, relistMs), machine.kubeletReadyMs, process.earliestMs);
      const delay = random.logNormal(host.containerStartMs.p50, host.containerStartMs.p95);
      process.cancelStart = kernel.at(seen + delay, () => start(machine, process));
    }
  };
  const watchHung = (machine: Machine, process: Process) => {
    process.cancelLiveness?.();
    process.cancelLiveness = undefined;
    if (process.daemon || process.state !== 'paused' || !canStart(machine)) return;
    const wait = random.int(0, hungLiveness.periodMs) + hungLiveness.probesMs + hungLiveness.graceMs;
    process.cancelLiveness = kernel.after(wait, () => canStart(machine) && end(machine, process));
  };
  const planAll = (machine: Machine) => {
    for (const process of machine.processes.values()) {
      if (process.cancelStart === undefined) plan(machine, process);
      if (process.cancelLiveness === undefined) watchHung(machine, process);
    }
  };
  /** Timers of the kubelet die with it or freeze with it; they are set again when it works again. */
  const dropPlans = (machine: Machine) => {
    for (const process of machine.processes.values()) {
      if (process.daemon && machine.power === 'on') continue;
      process.cancelStart?.();
      process.cancelLiveness?.();
      process.cancelStart = process.cancelLiveness = undefined;
    }
  };
  const stop = (machine: Machine, process: Process, state: 'down' | 'held') => {
    process.state = state;
    process.cancelLiveness?.();
    process.cancelStart?.();
    process.cancelLiveness = process.cancelStart = undefined;
    if (process.daemon) dropPlans(machine);
  };
  const end = (machine: Machine, process: Process) => {
    if (!alive(process)) return;
    stop(machine, process, 'down');
    const now = kernel.now();
    process.earliestMs = now + (process.daemon ? systemdRestartMs : process.backOff.next(now));
    plan(machine, process);
    tell(machine, process.component);
  };
  const onProcess = (act: (machine: Machine, process: Process) => void) => (node: NodeName, component: Component) => {
    const machine = find(node);
    const process = machine.processes.get(component);
    if (process !== undefined) act(machine, process);
  };
  const powerOff = (machine: Machine) => {
    for (const process of machine.processes.values()) if (alive(process)) stop(machine, process, 'down');
  };
  const boot = (machine: Machine) => {
    const upMs = kernel.now() + random.logNormal(bootMs.p50, bootMs.p95);
    for (const process of machine.processes.values()) process.earliestMs = upMs;
  };

  return {
    changed,
    power: (node) => find(node).power,
    setPower: (node, power) => {
      const machine = find(node);
      const before = machine.power;
      if (before === power || (before === 'off' && power === 'frozen')) return;
      machine.power = power;
      if (power === 'off') powerOff(machine);
      if (before === 'off') boot(machine);
      if (power === 'on') planAll(machine);
      else dropPlans(machine);
      changed.emit({ node });
    },
    process: (node, component) => {
      const machine = find(node);
      const state = machine.processes.get(component)?.state ?? 'down';
      if (machine.power === 'off') return 'down';
      return machine.power === 'frozen' && state === 'running' ? 'paused' : state;
    },
    identity: (node, component) => {
      const process = find(node).processes.get(component);
      return process !== undefined && alive(process) ? { pid: process.pid, startedMs: process.startedMs } : undefined;
    },
    kill: onProcess(end),
    exit: onProcess(end),
    hold: onProcess((machine, process) => {
      if (process.state === 'held') return;
      stop(machine, process, 'held');
      tell(machine, process.component);
    }),
    release: onProcess((machine, process) => {
      if (process.state !== 'held') return;
      process.state = 'down';
      process.earliestMs = Math.max(process.daemon ? process.earliestMs : 0, kernel.now());
      plan(machine, process);
      tell(machine, process.component);
    }),
    pause: onProcess((machine, process) => {
      if (process.state !== 'running') return;
      process.state = 'paused';
      if (process.daemon) dropPlans(machine);
      watchHung(machine, process);
      tell(machine, process.component);
    }),
    resume: onProcess((machine, process) => {
      if (process.state !== 'paused') return;
      process.state = 'running';
      process.cancelLiveness?.();
      process.cancelLiveness = undefined;
      if (process.daemon) planAll(machine);
      tell(machine, process.component);
    }),
    canStartContainers: (node) => canStart(find(node)),
  };
}

function createMachine(node: NodeSpec, firstPid: number): Machine {
  const present = node.role === 'control-plane' ? components : daemons;
  const processes = new Map<Component, Process>();
  present.forEach((component, index) => {
    processes.set(component, createProcess(component, firstPid + index * 7));
  });
  return { node: node.name, power: 'on', nextPid: firstPid + 50, kubeletReadyMs: 0, processes };
}

function createProcess(component: Component, pid: number): Process {
  return {
    component,
    daemon: daemons.includes(component),
    state: 'running',
    pid,
    startedMs: 0,
    earliestMs: 0,
    backOff: createBackOff(),
    cancelStart: undefined,
    cancelLiveness: undefined,
  };
}
