"""Measurements, each beside the limit of the machine it runs on."""
