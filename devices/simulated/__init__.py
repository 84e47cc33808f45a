"""Simulated devices: the other side of every protocol, with faults to switch on."""
