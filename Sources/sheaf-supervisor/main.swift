import Glibc

// `sheaf-supervisor DIR`: a tiny init for the incarnation of one workload in the folder DIR. See docs/executor.md.
exit(Entrance.enter(CommandLine.arguments))
