/** The top-level help. A constant, so that `--help` loads nothing; a test holds it equal to what the commands declare. */

/** What `elevenproof --help` prints. */
export const helpText = `Usage: elevenproof [options] [command]

Breaks a platform of two datacentres on purpose and judges how it comes back.

Options:
  -V, --version                  print the version
  -h, --help                     show this help, or that of a command

Commands:
  run [options] <scenario...>    play scenarios and judge them
  sweep [options] <scenario>     one scenario over many seeds
  list [options] [what]          what there is: scenarios, faults, objectives, ...
  show [options] <scenario>      the story of a scenario as a Mermaid diagram
  plan [options] <scenario>      what run would do
  judge [options] <run-folder>   judge a stored run again
  diff [options] <before> <now>  compare two runs; fails when a figure got worse
  agree [options] <records...>   compare simulated runs with real ones
  up [options]                   make two real clusters and keep them for runs
  down [options] [name]          remove or park clusters that are kept
  heal [options] [run-folder]    undo what a run left broken
  abort [options] <run-folder>   abort a run that goes on in another process
  doctor [options]               check this machine
  init [options] [folder]        write a starter scenario and topology
  help [command]                 show the help of a command

Exit codes: 0 all met, 1 missed or worse than asked, 2 bad input, 3 inconclusive, 4 aborted, 5 left unreverted,
70 internal error. A first run: elevenproof run etcd-leader-loss
`;
