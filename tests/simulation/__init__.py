"""A whole chain in one process under virtual time: the production cores, and faults from a seed."""
