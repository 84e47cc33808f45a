"""What the benchmarks and large runs are made of, tested in the small."""
