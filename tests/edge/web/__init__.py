"""The store's HTTP API, asked over real HTTP."""
