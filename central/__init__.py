"""Headquarters."""
