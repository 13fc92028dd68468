/** What to do about the failures of kind that people meet most. Apart because it grows with them. */

const known: readonly (readonly [RegExp, string])[] = [
  [/cannot connect to the docker daemon|failed to connect to the docker/i, 'Start Docker, or let DOCKER_HOST name it.'],
  [/permission denied.*docker/i, 'Let your user use Docker: https://docs.docker.com/engine/install/linux-postinstall/'],
  [/failed to pull image|pull access denied|manifest unknown/i, 'Pull the image by hand to see why, or name another.'],
  [/port is already allocated|address already in use/i, 'Something else holds that port or address: see `docker ps`.'],
  [/node\(s\) already exist for a cluster/i, 'Delete that cluster first, or take another name.'],
  [/too many open files|inotify/i, 'Raise fs.inotify.max_user_instances (1024) and max_user_watches (524288).'],
  [/no space left on device/i, 'Make room where Docker keeps its data: docker system df'],
  [
    /could not find a log line that matches/i,
    "The node did not boot: its cgroup version may not suit the image's systemd.",
  ],
  [/not present locally/i, 'Pull or build the image first.'],
];

/** What helps against a failure with that output; undefined when it is not known. */
export function hintFor(output: string): string | undefined {
  return known.find(([pattern]) => pattern.test(output))?.[1];
}
