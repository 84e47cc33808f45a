"""The house rules: what the code must look like, tested like everything else."""
