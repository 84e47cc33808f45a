"""The way to headquarters: what comes down is checked, and selling waits for nothing of it."""
