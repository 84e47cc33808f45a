"""Headquarters over HTTP: the API for programs and a status page for people."""
