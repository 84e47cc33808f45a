"""Tests of `sync`: both ends together, over hostile paths."""
