"""Executes submissions past one machine, on a Dask cluster. It never knows the answers.

Which processes, who holds what, and what travels:

    grader grade          questions, answer key, roster, hand-ins, gradebook; Dask's client
      scheduler           Dask's: which submission is where; hands bytes on
        worker            Dask's, with this package: conditions, probes; supervises student code
          warm process    as on one machine: see docs/sandbox.md

To each worker once: an assignment's conditions (data files, limits, prelude) and its probes. With a
submission: the sources of its code cells, and earlier outcomes. Back: evidence. All of it is
MessagePack of ours in bytes (`parcels`), so that nothing that student code had a hand in is ever
unpickled. Tasks are numbers: no name, no id, no file name of a student leaves the first process.

Dask itself pickles what is not of students between its processes, and each of them can have another
run anything. That is what trust in a cluster means; docs/operator.md says what follows.

Nothing here imports Dask before it is asked for a cluster: it is an extra of the package.
"""
