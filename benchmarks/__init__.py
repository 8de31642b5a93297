"""What things cost, each as a table of ratios: `python -m benchmarks.NAME`."""
