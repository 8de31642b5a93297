"""What Dask costs beside the pool of one machine, with as many processes.

    python -m benchmarks.cluster

Generated students' notebooks of hw1 are executed, with hw1's probes, by the local pool and by a
Dask cluster of workers on this machine, in turns: pool, cluster, cluster, pool, so that a machine
that is busier now than then is busier for both. Each turn is a process of its own. Throughput is
counted from the first result to the last: starting a cluster is shown apart. Both have to give the
same evidence, byte for byte.

Also shown: the CPU of all processes for a submission, which says more where others use the machine
too; and that of the one process that `grader` is, which bounds what a cluster can be used for
(docs/scale.md).

Held against: at least 0.9 of the pool's throughput.
"""
