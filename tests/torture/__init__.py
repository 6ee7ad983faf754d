"""The crash rig: kills the program at every system call that changes something, cuts the power, and checks the laws.

syscalls   the calls that change something, and a kernel filter that halts a process before each of them
process    one command line in a forked process, with such a filter, killed where it was asked for
tenant     a tenant of the rig's own, in a process of its own: what it was sent and what it took stands in its log
world      a folder with a configuration and stock files, and what must become of every row of them
scenes     what happened before the command that is tortured, and which command that is
laws       what must hold when all is over
record     the ledger, looked at in a copy
disk       what a disk would hold if the power went off now
image      a real disk to cut the power of, to see that `disk` is no milder
planted    faults that a program may be given, to see that the rig finds them
rig        one point: torture, recover, check
work       rigs in processes of their own

Nothing here shares code with the product but the command line that is tortured.
"""
