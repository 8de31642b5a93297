"""What one submission costs: ours beside others that run notebooks, all in one run.

    this process              gives the turns, reads the clocks of the kernel, prints the table
      a contender's driver    one for each contender, long-lived, in a control group of its own
        whatever it takes     interpreters, kernels, workers, forks

The contenders take turns, so that a noisy machine disturbs all alike, and only one is at work at a
time. CPU is that of every process of the contender, also of those that were killed: the kernel's
account of its control group, where one can be made (see `account`).
"""
