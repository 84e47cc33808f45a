"""A drawer and whoever works at it: shifts, cash, reports and the trail of what was approved."""
