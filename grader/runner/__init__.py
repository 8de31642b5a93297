"""What runs beside a student's code. It imports nothing from the rest of the grader.

Theory of operation
-------------------
The supervisor (`grader.execute`) starts one process, whose only knowledge is this folder, the work
directory with the notebook's data files, and what comes down its standard input. Standard input
and output are taken as the channel at once and hidden from the student's code behind /dev/null.

    supervisor                               runner
        |  <------------------ Ready             |   libraries imported, shell made
        |  Begin ----------------------------->  |   the cells, limits; no probes yet
        |  <----- CellStarted, CellDone ... ---  |   one pair for each cell
        |  <------------------ Finished          |
        |  Ask (one probe) ------------------->  |   inputs only, and only now
        |  <------------------ Reply             |   plain data, bound to its Ask by a nonce
        |  ...                                   |   the next Ask only after the Reply
        |  closes the channel                    |   ends

A message is a frame: four bytes with the length (big endian), then MessagePack of one of the types
in `wire`. No pickle. The runner is believed in nothing: the supervisor caps sizes and times, types
every message, and counts whatever does not fit as the end of this process.

Student code shares this process and may do with it as it likes. The worst that it can do is to fail
itself, because there is nothing here to be found: no expected value, no question, no reference.
"""
