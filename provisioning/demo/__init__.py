"""A chain of stores in miniature, on one machine: real processes, simulated customers, proofs."""
