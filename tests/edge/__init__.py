"""Tests of the store's node."""
