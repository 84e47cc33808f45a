"""Both ends together: what a chain promises, from a store's commands to headquarters' tables."""
