"""Tests of the node's hardware: real drivers and ports, simulated devices behind ptys and TCP."""
