"""What runs beside a student's code. It imports nothing from the rest of the grader.

Theory of operation
-------------------
The supervisor (`grader.execute`) starts a process whose only knowledge is this folder, the work
directory with the assignment's data files, and what comes down its channel. There are two ways to
start (`main`): *cold*, one process for one notebook, on any system; and *warm*, one process behind
walls that forks another for each notebook (`warm`, `guard`, `isolation`, `seccomp`; docs/sandbox.md
has the picture). What follows is the same for both.

    supervisor                               runner
        |  <------------------ Ready             |   libraries imported, shell made, walls built
        |  Begin ----------------------------->  |   the cells, limits; no probes yet
        |  <----- CellStarted, CellDone ... ---  |   one pair for each cell
        |  <------------------ Finished          |
        |  Ask (one probe) ------------------->  |   inputs only, and only now
        |  <------------------ Reply             |   plain data, bound to its Ask by a nonce
        |  ...                                   |   the next Ask only after the Reply
        |  closes the channel                    |   ends

A message is a frame, see `wire`: a head in MessagePack of one of the types there, and a payload of
bare array elements. No pickle. The runner is believed in nothing: the supervisor caps sizes, times
and the number of messages, types every message, and counts whatever does not fit as the end of this
process.

Student code shares this process and may do with it as it likes. The worst that it can do is to fail
itself, because there is nothing here to be found: no expected value, no question, no reference.
"""
